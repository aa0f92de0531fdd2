/** Erasing what is known of a person: an account, or the past of an asset. */
import { words } from "../../words";
import { EraseAccounts } from "./EraseAccounts";
import { ErasePast } from "./ErasePast";
import { SettingsPage } from "./SettingsPage";

export default function Erase() {
  return (
    <SettingsPage title={words.sections.erase.title} about={words.erase.about} administer>
      <EraseAccounts />
      <ErasePast />
    </SettingsPage>
  );
}
