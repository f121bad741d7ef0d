package dev.tollgate.simulator;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Traces of any length: calls of the sizes of Azure's conversations, by callers of whom few make
 * most of the calls, more by day than by night.
 */
final class GeneratedTrace {

  private record Size(long inputTokens, long outputTokens) {}

  private static final List<Size> SIZES = sizes();

  private GeneratedTrace() {}

  private static List<Size> sizes() {
    List<Size> sizes = new ArrayList<>();
    try (BufferedReader csv =
        new BufferedReader(
            new InputStreamReader(
                GeneratedTrace.class.getResourceAsStream("azure2023_conv_sample.csv"),
                StandardCharsets.UTF_8))) {
      csv.readLine();
      for (String line = csv.readLine(); line != null; line = csv.readLine()) {
        String[] fields = line.split(",", -1);
        sizes.add(new Size(Long.parseLong(fields[1]), Long.parseLong(fields[2])));
      }
      return List.copyOf(sizes);
    } catch (IOException unreadable) {
      throw new IllegalStateException(unreadable);
    }
  }

  /** Writes a trace with a header, of seconds from 0. */
  static Path write(Path file, int calls, int days, int callers, long seed) throws IOException {
    SplittableRandom random = new SplittableRandom(seed);
    double gap = days * 86_400.0 / calls;
    double at = 0;
    try (BufferedWriter csv = Files.newBufferedWriter(file)) {
      csv.write("timestamp,caller,tier,model,input_tokens,output_tokens,max_tokens\n");
      for (int i = 0; i < calls; i++) {
        Size size = SIZES.get(random.nextInt(SIZES.size()));
        int caller = (int) (callers * Math.pow(random.nextDouble(), 3));
        csv.write(
            "%.3f,user-%d,%s,gpt-5-mini,%d,%d,1000\n"
                .formatted(
                    at,
                    caller,
                    caller % 20 == 0 ? "pro" : "free",
                    size.inputTokens(),
                    size.outputTokens()));
        double day = 1 - 0.7 * Math.cos(at / 86_400 * 2 * Math.PI);
        at += -Math.log(1 - random.nextDouble()) * gap / day;
      }
    }
    return file;
  }

  /** Writes the trace that the arguments name: file, calls, days, callers, seed. */
  public static void main(String[] arguments) throws IOException {
    write(
        Path.of(arguments[0]),
        Integer.parseInt(arguments[1]),
        Integer.parseInt(arguments[2]),
        Integer.parseInt(arguments[3]),
        Long.parseLong(arguments[4]));
  }
}
