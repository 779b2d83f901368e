/* A field that writes when it is left. What is typed stays until then, while the panel is drawn anew as it is after every save. */
import { useState } from 'preact/hooks';

/* ``box`` is a ref to the field itself. */
export function Kept({ as: Tag = 'input', box, value, ...rest }) {
  const [typed, type] = useState(null);
  return <Tag {...rest} ref={box} value={typed ?? value} onInput={(event) => type(event.target.value)} onBlur={() => type(null)} />;
}
