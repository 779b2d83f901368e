/* A field that writes when it is left. What is typed stays while the panel is drawn anew meanwhile, as it is after every save. */
import { useState } from 'preact/hooks';

export function Kept({ as: Tag = 'input', value, onChange, ...rest }) {
  const [typed, type] = useState(null);
  function write(event) {
    type(null);
    onChange(event);
  }
  return <Tag {...rest} value={typed ?? value} onInput={(event) => type(event.target.value)} onChange={write} onBlur={() => type(null)} />;
}
