/* An icon of the sprite that all pages share; decoration unless it has words of its own. */
export function Icon({ name, label }) {
  const sprite = document.getElementById('designer').dataset.icons;
  return (
    <svg class="icon" role={label ? 'img' : undefined} aria-label={label} aria-hidden={label ? undefined : 'true'}>
      <use href={`${sprite}#${name}`} />
    </svg>
  );
}
