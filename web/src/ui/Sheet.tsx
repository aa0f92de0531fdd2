/** What stands beside the media where there is room, as a sheet over it where there is not. */
import { Drawer, type DrawerProps } from "@mantine/core";
import { words } from "../words";

export default function Sheet(props: DrawerProps) {
  return <Drawer closeButtonProps={{ "aria-label": words.close }} {...props} />;
}
