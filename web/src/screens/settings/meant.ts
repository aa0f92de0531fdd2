/** What a person means who names a fact or an asset: a number, or an address that has an id in it. */
export type Meant = { fact: number } | { asset: string };

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/i;

export function meantBy(text: string): Meant | null {
  const plain = text.trim();
  const asset = UUID.exec(plain)?.[0];
  if (asset) return { asset: asset.toLowerCase() };
  // As it is shown, a number is grouped.
  const digits = plain.replace(/[\s,.\u2009\u202f\u00a0’']/g, "");
  return /^[1-9]\d{0,14}$/.test(digits) ? { fact: Number(digits) } : null;
}
