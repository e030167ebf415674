// The sharing types of the catalogue: the standard's numbers 1 to 3, or their names.

const names = ['', 'unconditional', 'conditional', 'refused']

export function sharingOf(type: number | string): string {
  return names[Number(type)] ?? String(type)
}
