import { describe, expect, it } from "vitest";
import { frameAt, framesIn, readRate, readTimecode, secondsOf, timecode } from "./timecode";

const NTSC = { numerator: 30000, denominator: 1001 };
const NTSC_60 = { numerator: 60000, denominator: 1001 };
const FILM = { numerator: 24000, denominator: 1001 };
const PAL = { numerator: 25, denominator: 1 };

describe("timecode", () => {
  it.each([
    // ST 12-1: labels 00 and 01 are skipped each minute but every tenth.
    [1799, "00:00:59;29"],
    [1800, "00:01:00;02"],
    [3597, "00:01:59;29"],
    [3598, "00:02:00;02"],
    [17981, "00:09:59;29"],
    [17982, "00:10:00;00"],
    [107892, "01:00:00;00"],
  ])("drops labels, not frames: frame %i is %s", (frame, text) => {
    expect(timecode(frame, NTSC, true)).toBe(text);
    expect(readTimecode(text, NTSC)).toEqual({ frame, drop: true });
  });

  it("drops four labels a minute at 60000/1001", () => {
    expect(timecode(3599, NTSC_60, true)).toBe("00:00:59;59");
    expect(timecode(3600, NTSC_60, true)).toBe("00:01:00;04");
  });

  it("counts every label without drop-frame", () => {
    expect(timecode(1800, NTSC)).toBe("00:01:00:00");
    expect(timecode(90_000, PAL)).toBe("01:00:00:00");
    expect(timecode(86_423, FILM)).toBe("01:00:00:23");
  });

  it("ignores a wish to drop where no labels are dropped", () => {
    expect(timecode(1500, PAL, true)).toBe("00:01:00:00");
    expect(timecode(1440, FILM, true)).toBe("00:01:00:00");
  });

  it("is the same frame after writing and reading, for a whole day of drop-frame", () => {
    for (let frame = 0; frame < 2_589_408; frame += 997) {
      expect(readTimecode(timecode(frame, NTSC, true), NTSC)?.frame).toBe(frame);
    }
  });

  it("wraps at 24 hours", () => {
    expect(timecode(2_589_408, NTSC, true)).toBe("00:00:00;00");
    expect(timecode(-1, PAL)).toBe("23:59:59:24");
  });

  it.each(["", "00:00:00", "00:61:00:00", "00:00:00:25", "aa:00:00:00"])(
    "refuses %o at 25 frames",
    (text) => {
      expect(readTimecode(text, PAL)).toBeNull();
    },
  );

  it("refuses a label that drop-frame skips", () => {
    expect(readTimecode("00:01:00;00", NTSC)).toBeNull();
    expect(readTimecode("00:10:00;00", NTSC)).not.toBeNull();
  });
});

describe("frames of a media element", () => {
  it("come back from where they were sent", () => {
    for (const rate of [NTSC, NTSC_60, FILM, PAL]) {
      for (let frame = 0; frame < 200_000; frame += 311)
        expect(frameAt(secondsOf(frame, rate), rate)).toBe(frame);
    }
  });

  it("are named by their start, though elements report it a little early", () => {
    expect(frameAt((37 * 1001) / 30000 - 1e-6, NTSC)).toBe(37);
  });

  it("are counted from a duration", () => {
    expect(framesIn(10_010_000, NTSC)).toBe(300);
    expect(framesIn(0, PAL)).toBe(1);
  });
});

describe("a rate", () => {
  it.each([
    [[30000, 1001], NTSC],
    ["30000/1001", NTSC],
    ["25", PAL],
    [25, PAL],
    [{ numerator: 24000, denominator: 1001 }, FILM],
    [[25, 0], null],
    [23.976, null],
    ["fast", null],
    [null, null],
  ])("is read from %o", (value, rate) => {
    expect(readRate(value)).toEqual(rate);
  });
});
