// The soft keys of menus, lists and text entry, which are ui's own (reference rows SK-014 to SK-016).

const menuKeyIds = [
  "select",
  "exit",
  "back",
  "save",
  "cancel",
  "edit",
  "yes",
  "no",
  "lock",
  "validate",
  "submit",
  "update",
  "accept",
  "delete",
  "dial",
  "editDial",
  "play",
  "up",
  "down",
  "backspace",
  "alpha", // shown while digits are typed: switches to letters
  "number", // shown while letters are typed
  "dot",
  "new",
  "keep", // stores a typed number in the personal directory
  "status",
  "restart",
  "more",
] as const;
export type MenuKeyId = (typeof menuKeyIds)[number];
