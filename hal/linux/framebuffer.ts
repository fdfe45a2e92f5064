// A panel that the kernel drives itself: a DRM or fbdev driver behind /dev/fb0. Rows that changed are written; the
// kernel brings them to the glass.
import { closeSync, openSync, writeSync } from "node:fs";
import { HalError } from "#hal/contract/errors.ts";
import type { Frame, Panel, PixelGeometry } from "#hal/contract/panel.ts";
import { c, layout } from "./ffi/abi.ts";
import { libc, must } from "./ffi/libc.ts";

export interface FramebufferOptions {
  readonly path: string;
  readonly geometry: PixelGeometry;
  failed(error: HalError): void;
}

export interface FramebufferPanel extends Panel {
  close(): void;
}

/** How the kernel's memory is laid out. */
interface Screen {
  readonly width: number;
  readonly height: number;
  readonly bytesPerRow: number;
  readonly bitsPerPixel: 16 | 32;
}

/** Opens it; the picture stands in the upper left corner of a larger screen. HalError `missing`, `unsupported`. */
export function openFramebufferPanel(options: FramebufferOptions): FramebufferPanel {
  const { path, geometry } = options;
  const fd = open(path);
  const screen = readScreen(fd, path);
  if (screen.width < geometry.width || screen.height < geometry.height)
    throw new HalError(
      "unsupported",
      path,
      "open",
      `is ${screen.width} × ${screen.height}, ${geometry.width} × ${geometry.height} does not fit`,
    );
  lightUp(fd, path);
  const rowBytes = (geometry.width * screen.bitsPerPixel) / 8;
  let shown: readonly Uint8Array[] = [];

  const draw = (rows: readonly Uint8Array[]): void => {
    for (const [y, row] of rows.entries()) {
      if (shown[y] !== undefined && Buffer.compare(row, shown[y]) === 0) continue;
      writeSync(fd, row, 0, rowBytes, y * screen.bytesPerRow);
    }
    shown = rows;
  };
  return {
    geometry,
    show(frame) {
      if (frame.kind !== "pixels") return; // a pixel panel is given pixels
      try {
        draw(encodeRows(frame, geometry, screen.bitsPerPixel));
      } catch (cause) {
        if (!(cause instanceof Error)) throw cause;
        shown = [];
        options.failed(new HalError("io", path, "write", cause.message, { cause }));
      }
    },
    setContrast() {
      // the kernel's driver has none
    },
    close: () => closeSync(fd),
  };
}

/** Rows of pixels as the kernel's memory has them: 0x00RRGGBB or RGB565, least byte first. */
export function encodeRows(
  frame: Frame & { readonly kind: "pixels" },
  { width, height, depthBits }: PixelGeometry,
  bitsPerPixel: 16 | 32,
): readonly Uint8Array[] {
  return Array.from({ length: height }, (_, y) => {
    const row = new Uint8Array((width * bitsPerPixel) / 8);
    const view = new DataView(row.buffer);
    for (let x = 0; x < width; x++) {
      const rgb = toRgb(frame.pixels[y * width + x] ?? 0, depthBits);
      if (bitsPerPixel === 32) view.setUint32(x * 4, rgb, true);
      else view.setUint16(x * 2, ((rgb >> 8) & 0xf800) | ((rgb >> 5) & 0x07e0) | ((rgb >> 3) & 0x1f), true);
    }
    return row;
  });
}

/** Shallow panels count ink: 0 is paper. */
function toRgb(pixel: number, depthBits: PixelGeometry["depthBits"]): number {
  if (depthBits === 24) return pixel;
  const paper = 255 - Math.round((pixel * 255) / (2 ** depthBits - 1));
  return (paper << 16) | (paper << 8) | paper;
}

function open(path: string): number {
  try {
    return openSync(path, "r+");
  } catch (cause) {
    const isDenied = cause instanceof Error && "code" in cause && cause.code === "EACCES";
    throw new HalError(isDenied ? "denied" : "missing", path, "open", String(cause), { cause });
  }
}

/** Sets the mode it has: without a text console of the kernel's nobody else does, and nothing would reach the glass. */
function lightUp(fd: number, path: string): void {
  const variable = new Uint8Array(layout.fb_var_screeninfo.sizeof);
  must(libc().ioctl(fd, c.FBIOGET_VSCREENINFO, variable), path, "ask for its mode");
  new DataView(variable.buffer).setUint32(layout.fb_var_screeninfo.activate, c.FB_ACTIVATE_FORCE, true);
  must(libc().ioctl(fd, c.FBIOPUT_VSCREENINFO, variable), path, "set its mode");
}

function readScreen(fd: number, path: string): Screen {
  const variable = new Uint8Array(layout.fb_var_screeninfo.sizeof);
  const fixed = new Uint8Array(layout.fb_fix_screeninfo.sizeof);
  must(libc().ioctl(fd, c.FBIOGET_VSCREENINFO, variable), path, "ask for its size");
  must(libc().ioctl(fd, c.FBIOGET_FSCREENINFO, fixed), path, "ask for its memory");
  const view = new DataView(variable.buffer);
  const bitsPerPixel = view.getUint32(layout.fb_var_screeninfo.bits_per_pixel, true);
  if (bitsPerPixel !== 16 && bitsPerPixel !== 32)
    throw new HalError("unsupported", path, "open", `${bitsPerPixel} bits per pixel, 16 or 32 belong`);
  return {
    width: view.getUint32(layout.fb_var_screeninfo.xres, true),
    height: view.getUint32(layout.fb_var_screeninfo.yres, true),
    bytesPerRow: new DataView(fixed.buffer).getUint32(layout.fb_fix_screeninfo.line_length, true),
    bitsPerPixel,
  };
}
