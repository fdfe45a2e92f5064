// The calls of libasound that set a card's controls by name. None of them waits: the codec's registers are written by
// the driver within the call.
import { openLibrary } from "./library.ts";

/** Constants of alsa/control.h. */
export const control = {
  SND_CTL_ELEM_IFACE_MIXER: 2,
  SND_CTL_ELEM_TYPE_BOOLEAN: 1,
  SND_CTL_ELEM_TYPE_INTEGER: 2,
} as const;

/** Something libasound allocated. */
type Handle = bigint;
type Out = [Handle | null];

export interface AlsaControl {
  snd_ctl_open(ctl: Out, name: string, mode: number): number;
  snd_ctl_close(ctl: Handle): number;
  snd_ctl_elem_info_malloc(info: Out): number;
  snd_ctl_elem_info_free(info: Handle): void;
  snd_ctl_elem_info_set_interface(info: Handle, kind: number): void;
  snd_ctl_elem_info_set_name(info: Handle, name: string): void;
  snd_ctl_elem_info(ctl: Handle, info: Handle): number;
  snd_ctl_elem_info_get_type(info: Handle): number;
  snd_ctl_elem_info_get_count(info: Handle): number;
  snd_ctl_elem_info_get_min(info: Handle): number;
  snd_ctl_elem_info_get_max(info: Handle): number;
  snd_ctl_elem_value_malloc(value: Out): number;
  snd_ctl_elem_value_free(value: Handle): void;
  snd_ctl_elem_value_set_interface(value: Handle, kind: number): void;
  snd_ctl_elem_value_set_name(value: Handle, name: string): void;
  snd_ctl_elem_value_set_boolean(value: Handle, index: number, isOn: number): void;
  snd_ctl_elem_value_set_integer(value: Handle, index: number, number: number): void;
  snd_ctl_elem_value_get_boolean(value: Handle, index: number): number;
  snd_ctl_elem_value_get_integer(value: Handle, index: number): number;
  snd_ctl_elem_read(ctl: Handle, value: Handle): number;
  snd_ctl_elem_write(ctl: Handle, value: Handle): number;
}

const declarations: Record<keyof AlsaControl, string> = {
  snd_ctl_open: "int snd_ctl_open(_Out_ void **, const char *, int)",
  snd_ctl_close: "int snd_ctl_close(void *)",
  snd_ctl_elem_info_malloc: "int snd_ctl_elem_info_malloc(_Out_ void **)",
  snd_ctl_elem_info_free: "void snd_ctl_elem_info_free(void *)",
  snd_ctl_elem_info_set_interface: "void snd_ctl_elem_info_set_interface(void *, int)",
  snd_ctl_elem_info_set_name: "void snd_ctl_elem_info_set_name(void *, const char *)",
  snd_ctl_elem_info: "int snd_ctl_elem_info(void *, void *)",
  snd_ctl_elem_info_get_type: "int snd_ctl_elem_info_get_type(void *)",
  snd_ctl_elem_info_get_count: "unsigned int snd_ctl_elem_info_get_count(void *)",
  snd_ctl_elem_info_get_min: "long snd_ctl_elem_info_get_min(void *)",
  snd_ctl_elem_info_get_max: "long snd_ctl_elem_info_get_max(void *)",
  snd_ctl_elem_value_malloc: "int snd_ctl_elem_value_malloc(_Out_ void **)",
  snd_ctl_elem_value_free: "void snd_ctl_elem_value_free(void *)",
  snd_ctl_elem_value_set_interface: "void snd_ctl_elem_value_set_interface(void *, int)",
  snd_ctl_elem_value_set_name: "void snd_ctl_elem_value_set_name(void *, const char *)",
  snd_ctl_elem_value_set_boolean: "void snd_ctl_elem_value_set_boolean(void *, unsigned int, long)",
  snd_ctl_elem_value_set_integer: "void snd_ctl_elem_value_set_integer(void *, unsigned int, long)",
  snd_ctl_elem_value_get_boolean: "int snd_ctl_elem_value_get_boolean(void *, unsigned int)",
  snd_ctl_elem_value_get_integer: "long snd_ctl_elem_value_get_integer(void *, unsigned int)",
  snd_ctl_elem_read: "int snd_ctl_elem_read(void *, void *)",
  snd_ctl_elem_write: "int snd_ctl_elem_write(void *, void *)",
};

let opened: AlsaControl | undefined;

/** The control functions of libasound. HalError `missing` without the library. */
export function libasoundControl(): AlsaControl {
  if (opened !== undefined) return opened;
  const library = openLibrary(["libasound.so.2"]);
  const functions = Object.entries(declarations).map(([name, text]) => [name, library.func(text)]);
  opened = Object.fromEntries(functions) as AlsaControl; // each name is declared above with the types of the interface
  return opened;
}

/** What a call that fills in a handle gave. */
export function allocated(call: (out: Out) => number): { readonly result: number; readonly handle: Handle } {
  const out: Out = [null];
  const result = call(out);
  return { result, handle: out[0] ?? 0n };
}
