/* Operations of the connectors, found by what they do. */

/* [{connector, operation}] for a search: every word must occur, or all its signs in their order. */
export function foundOperations(catalogue, sought) {
  const all = catalogue.connectors.flatMap((connector) => connector.operations.map((operation) => ({ connector, operation })));
  const words = sought.trim().toLowerCase().split(/\s+/).filter(Boolean);
  return all.map((each) => ({ ...each, rank: rankOf(each, words) })).filter(({ rank }) => rank > 0).sort((a, b) => b.rank - a.rank);
}

function rankOf({ connector, operation }, words) {
  const title = operation.title.toLowerCase();
  const text = [title, operation.description ?? '', connector.title, connector.name, operation.name, ...fieldTitles(operation)].join(' ').toLowerCase();
  const ranks = words.map((word) => (title.includes(word) ? 4 : text.includes(word) ? 3 : occursInOrder(title, word) ? 2 : occursInOrder(text, word) ? 1 : 0));
  return ranks.length ? (ranks.includes(0) ? 0 : Math.min(...ranks)) : 1;
}

const fieldTitles = ({ inputs, outputs }) => [inputs, outputs].flatMap((schema) => Object.values(schema?.properties ?? {}).map((rule) => rule.title ?? ''));

/* “查账单” finds “查询近期账单”. */
function occursInOrder(text, word) {
  let at = -1;
  return [...word].every((sign) => (at = text.indexOf(sign, at + 1)) >= 0);
}
