/** The names of the server's types as the screens use them. Nothing is declared here: a change of the contract
 *  changes `schema.gen.ts`, and the compiler finds who cares. */
import type { components } from "./schema.gen";

type Schemas = components["schemas"];

export type ProblemBody = Schemas["Problem"];
export type Me = Schemas["Me"];
export type Key = Schemas["Key"];
export type KeyScope = Schemas["KeyScope"];
export type NewKey = Schemas["KeyRequest"];
export type MadeKey = Schemas["KeyMade"];
export type AssetSummary = Schemas["AssetSummary"];
export type AssetView = Schemas["AssetView"];
export type AssetPage = Schemas["FoundPage"];
export type AssetPatch = Schemas["EditRequest"];
export type Folder = Schemas["Folder"];
export type FolderPage = Schemas["FolderList"];
export type Facet = Schemas["Facet"];
export type FacetValue = Schemas["FacetValue"];
export type Field = Schemas["Field"];
export type FieldView = Schemas["FieldValues"];
export type FieldValue = Schemas["FieldValue"];
export type Origin = Schemas["Origin"];
export type Fact = Schemas["Fact"];
export type Suggestion = Schemas["Suggestion"];
export type Job = Schemas["Job"];
export type JobPage = Schemas["JobList"];
export type Quarantined = Schemas["QuarantinedFile"];
export type QuarantinePage = Schemas["QuarantineList"];
export type Arrival = Schemas["Arrival"];
export type FindingCode = Schemas["Finding"]["code"];
export type VersionView = Schemas["Version"];
export type Checkout = Schemas["Checkout"];
export type Several = Schemas["Several"];
export type Comparison = Schemas["Comparison"];
export type ComparedVersion = Schemas["ComparedVersion"];
export type TagDifference = Schemas["TagDifference"];
export type CheckStep = Schemas["CheckStep"];
export type Backup = Schemas["Backup"];
export type BackupFound = Schemas["BackupFound"];
export type BackupList = Schemas["BackupList"];
export type BackupStep = Schemas["BackupStep"];
export type VerifyStep = Schemas["VerifyStep"];
export type InclusionProof = Schemas["InclusionProof"];
export type ConsistencyProof = Schemas["ConsistencyProof"];
export type Account = Schemas["Account"];
