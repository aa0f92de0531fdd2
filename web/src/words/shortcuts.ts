/** The sheet of keys in English, by where they work. */
export const shortcuts = {
  title: "Shortcuts",
  groups: [
    {
      name: "Anywhere",
      keys: [
        ["/", "Search"],
        ["?", "This sheet"],
        ["Ctrl/⌘ Z", "Undo what was just done"],
        ["Esc", "Close, clear or go back"],
      ],
    },
    {
      name: "Search",
      keys: [
        ["Enter", "Search now; a step on the way back"],
        ["↑ ↓", "Choose a suggestion"],
        ["Enter or Tab", "Take the chosen one"],
        ["Esc", "Close the suggestions, leave the field"],
      ],
    },
    {
      name: "Library",
      keys: [
        ["← → ↑ ↓", "Move the focus"],
        ["Home End", "First, last of what is loaded"],
        ["Enter", "Open"],
        ["Space", "Quick look"],
        ["X", "Select"],
        ["Shift + arrows", "Extend the selection"],
        ["Ctrl/⌘ A", "Select what is loaded"],
        ["Delete", "Move to the trash; in the trash, delete for ever"],
      ],
    },
    {
      name: "Quarantine",
      keys: [
        ["↑ ↓", "Move the focus"],
        ["Space", "Look at it"],
        ["X", "Select"],
        ["A", "Let in"],
        ["R", "Replace"],
        ["Delete", "Discard"],
      ],
    },
    {
      name: "Asset",
      keys: [
        ["← →", "Previous, next"],
        ["+ −", "Zoom"],
        ["0", "Fit"],
        ["Z", "Actual size"],
        ["I", "Panel"],
        ["Delete", "Move to the trash"],
        ["Page up, down", "Page of a document"],
        ["Home End", "First, last page"],
      ],
    },
    {
      name: "Player",
      keys: [
        ["Space or K", "Play, pause"],
        ["J L", "Backward, forward; again for faster"],
        [", .", "A frame back, on"],
        ["Home End", "First, last frame"],
        ["M", "Sound"],
      ],
    },
    {
      name: "Writing a value",
      keys: [
        ["Enter", "Save; in longer texts with Ctrl/⌘"],
        ["Esc", "Give the old value back"],
      ],
    },
  ] as { name: string; keys: [string, string][] }[],
};
