/** The names of the server's types as the screens use them. Nothing is declared here: a change of the contract
 *  changes `schema.gen.ts`, and the compiler finds who cares. */
import type { components } from "./schema.gen";

type Schemas = components["schemas"];

export type ProblemBody = Schemas["Problem"];
export type Me = Schemas["Me"];
export type Key = Schemas["Key"];
export type KeyScope = Schemas["KeyScope"];
export type NewKey = Schemas["NewKey"];
export type AssetKind = Schemas["AssetKind"];
export type AssetSummary = Schemas["AssetSummary"];
export type AssetView = Schemas["AssetView"];
export type AssetPage = Schemas["AssetPage"];
export type AssetPatch = Schemas["AssetPatch"];
export type Facet = Schemas["Facet"];
export type FacetValue = Schemas["FacetValue"];
export type FieldView = Schemas["FieldView"];
export type FieldValue = Schemas["FieldValue"];
export type Origin = Schemas["Origin"];
export type Fact = Schemas["FactView"];
export type Suggestion = Schemas["Suggestion"];
export type Job = Schemas["Job"];
export type JobPage = Schemas["JobPage"];
export type Quarantined = Schemas["Quarantined"];
export type VersionView = Schemas["VersionView"];
