package dev.tollgate;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;

/** Two weeks of a real AI service, minute by minute. See NOTICE.txt of the test resources. */
final class ServeGen {

  static final int MINUTES = 14 * 1440;
  private static final int BIN = 10;

  /** 0.25 USD for a million tokens in, 2 USD for a million out. */
  private static final long INPUT_PRICE = 250;

  private static final long OUTPUT_PRICE = 2000;

  /**
   * @param nanoUsd what ten minutes cost
   * @param clumps in how many parts that come at random times
   */
  private record Bin(long nanoUsd, int clumps) {}

  private static final List<Bin> BINS = read();

  private ServeGen() {}

  /** What a month of it costs, in nano-USD. */
  static long monthly() {
    return BINS.stream().mapToLong(Bin::nanoUsd).sum() * 30 / 14;
  }

  /** Nano-USD of each minute: calls that come together are in one minute, which is random. */
  static long[] minutes(Random random) {
    long[] minutes = new long[MINUTES];
    for (int i = 0; i < BINS.size(); i++) {
      Bin bin = BINS.get(i);
      for (int clump = 0; clump < bin.clumps(); clump++) {
        minutes[i * BIN + random.nextInt(BIN)] += bin.nanoUsd() / bin.clumps();
      }
    }
    return minutes;
  }

  private static List<Bin> read() {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                ServeGen.class.getResourceAsStream("servegen_mlarge_10min.csv"),
                StandardCharsets.UTF_8))) {
      return lines.lines().skip(1).map(ServeGen::bin).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Bin bin(String line) {
    String[] fields = line.split(",");
    long calls = Long.parseLong(fields[0]);
    long nanoUsd =
        Long.parseLong(fields[1]) * INPUT_PRICE + Long.parseLong(fields[2]) * OUTPUT_PRICE;
    int clumps = (int) Math.max(1, Math.round(calls / Double.parseDouble(fields[3])));
    return new Bin(nanoUsd, clumps);
  }
}
