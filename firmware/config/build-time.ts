// Clock settings from parameters.
import type { DstSettings, TimeSettings } from "./phone-config.ts";
import type { Values } from "./resolve.ts";

/** The lines that describe a change; `dst_auto_adjust` alone does not (reference X22). */
const dstNames = ["start", "stop"].flatMap((which) =>
  ["month", "day", "day_of_week", "week_of_month", "time"].map((part) => `dst_${which}_${part}`),
);

/** Time settings; `servers` are those of an XML file, which come before `sntp_server`. */
export function buildTime(values: Values, servers: readonly string[], isGuideDst: boolean): TimeSettings {
  const format = values.get("date_format");
  const isTwelveHour = /A$/i.test(format);
  const server = values.get("sntp_server");
  const isNull = server === undefined || server === "0.0.0.0"; // reference 9.1: "server null"
  const isDstWritten = isGuideDst || ["dst_offset", ...dstNames].some((name) => values.isNamed(name));
  return {
    zone: values.get("time_zone"),
    isDstAllowed: values.get("dst_auto_adjust"),
    dst: isDstWritten ? writtenDst(values) : undefined,
    sntpMode: values.get("sntp_mode"),
    sntpServers: isNull ? servers : [...servers, server],
    dateFormat: isTwelveHour ? format.slice(0, -1) : format,
    is24Hour: isTwelveHour ? false : values.get("time_format_24hr"),
  };
}

function writtenDst(values: Values): DstSettings {
  return {
    offsetMinutes: values.get("dst_offset"),
    start: {
      month: values.get("dst_start_month"),
      day: values.get("dst_start_day"),
      weekday: values.get("dst_start_day_of_week"),
      week: values.get("dst_start_week_of_month"),
      atMinute: values.get("dst_start_time"),
    },
    stop: {
      month: values.get("dst_stop_month"),
      day: values.get("dst_stop_day"),
      weekday: values.get("dst_stop_day_of_week"),
      week: values.get("dst_stop_week_of_month"),
      atMinute: values.get("dst_stop_time"),
    },
  };
}
