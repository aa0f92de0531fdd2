/** Mantine's parts in Damask's tokens: sizes, colours and motion come from tokens.css, none is decided here twice. */
import {
  ActionIcon,
  Button,
  type CSSVariablesResolver,
  createTheme,
  Input,
  Menu,
  type ModalProps,
  NativeSelect,
  type PasswordInputProps,
  Popover,
  SegmentedControl,
  Skeleton,
  Slider,
  TextInput,
  Tooltip,
} from "@mantine/core";

const REM = (px: number) => `${px}px`;

/** A part that is not of the first look: `Part.extend` would bring its code along. */
const late = <Props>(defaultProps: Partial<Props>) => ({ defaultProps });

export const theme = createTheme({
  fontFamily: "var(--dm-sans)",
  fontFamilyMonospace: "var(--dm-mono)",
  headings: { fontFamily: "var(--dm-sans)", fontWeight: "600" },
  fontSizes: { xs: REM(12), sm: REM(13), md: REM(13), lg: REM(15), xl: REM(18) },
  spacing: { xs: REM(8), sm: REM(12), md: REM(16), lg: REM(20), xl: REM(32) },
  radius: { xs: REM(3), sm: REM(6), md: REM(6), lg: REM(10), xl: REM(10) },
  defaultRadius: "sm",
  focusRing: "auto",
  cursorType: "default",
  respectReducedMotion: true,
  components: {
    Button: Button.extend({
      defaultProps: { variant: "default" },
      vars: () => ({
        root: {
          "--button-height": "var(--dm-row)",
          "--button-padding-x": "10px",
          "--button-fz": "var(--dm-t13)",
        },
      }),
    }),
    ActionIcon: ActionIcon.extend({
      defaultProps: { variant: "subtle" },
      vars: () => ({ root: { "--ai-size": "var(--dm-row)" } }),
    }),
    Input: Input.extend({
      vars: () => ({ wrapper: { "--input-height": "32px", "--input-fz": "var(--dm-t13)" } }),
    }),
    TextInput: TextInput.extend({ defaultProps: { size: "sm" } }),
    PasswordInput: late<PasswordInputProps>({ size: "sm" }),
    NativeSelect: NativeSelect.extend({ defaultProps: { size: "sm" } }),
    SegmentedControl: SegmentedControl.extend({ defaultProps: { size: "xs", transitionDuration: 90 } }),
    Skeleton: Skeleton.extend({ defaultProps: { animate: false, radius: "xs" } }),
    Slider: Slider.extend({ defaultProps: { size: 3, thumbSize: 12, label: null } }),
    Tooltip: Tooltip.extend({ defaultProps: { openDelay: 500, transitionProps: { duration: 90 } } }),
    Menu: Menu.extend({ defaultProps: { shadow: "none", radius: "lg", transitionProps: { duration: 90 } } }),
    Popover: Popover.extend({
      defaultProps: { shadow: "none", radius: "lg", transitionProps: { duration: 90 } },
    }),
    Modal: late<ModalProps>({
      radius: "lg",
      transitionProps: { duration: 160 },
      centered: true,
      // The title's bar would else stand as a second banner of the page.
      attributes: { header: { role: "none" } },
    }),
  },
});

const tokens = {
  "--mantine-color-body": "var(--dm-bg)",
  "--mantine-color-text": "var(--dm-text)",
  "--mantine-color-dimmed": "var(--dm-text-2)",
  "--mantine-color-placeholder": "var(--dm-text-3)",
  "--mantine-color-anchor": "var(--dm-accent)",
  "--mantine-color-default": "var(--dm-bg)",
  "--mantine-color-default-hover": "var(--dm-fill)",
  "--mantine-color-default-color": "var(--dm-text)",
  "--mantine-color-default-border": "var(--dm-line)",
  "--mantine-color-error": "var(--dm-no)",
  "--mantine-color-disabled": "var(--dm-fill)",
  "--mantine-color-disabled-color": "var(--dm-text-3)",
  "--mantine-primary-color-filled": "var(--dm-accent-fill)",
  "--mantine-primary-color-filled-hover": "var(--dm-accent-fill)",
  "--mantine-primary-color-light": "var(--dm-accent-soft)",
  "--mantine-primary-color-light-color": "var(--dm-accent)",
  "--mantine-color-blue-filled": "var(--dm-accent-fill)",
  "--mantine-color-blue-filled-hover": "color-mix(in srgb, var(--dm-accent-fill), black 12%)",
  "--mantine-color-blue-light": "var(--dm-accent-soft)",
  "--mantine-color-blue-light-color": "var(--dm-accent)",
  "--mantine-color-blue-outline": "var(--dm-accent)",
};

export const variables: CSSVariablesResolver = () => ({ variables: {}, light: tokens, dark: tokens });
