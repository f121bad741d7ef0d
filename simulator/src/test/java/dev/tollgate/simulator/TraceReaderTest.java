package dev.tollgate.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.tollgate.Caller;
import dev.tollgate.Criticality;
import dev.tollgate.config.SettingsFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TraceReaderTest {

  private static final String TIERS =
      """
      tollgate.tier.free.rate = 10/minute
      tollgate.tier.pro.rate = 60/minute
      tollgate.caller-tier = map, default:free
      tollgate.caller.ann.tier = pro
      """;
  private static final String HEADER = "timestamp,caller,input_tokens,output_tokens\n";

  @TempDir private Path directory;

  @Test
  void fillsWhatIsLeftBlankByTheConfiguration() throws Exception {
    assertThat(read(TIERS, HEADER + "0,ann,10,20\n1.5,bob,0,0\n"))
        .containsExactly(
            new TraceCall(
                0,
                new Caller("ann", "pro"),
                Directory.NO_ROUTE,
                "",
                Criticality.OPTIONAL,
                10,
                20,
                4096),
            new TraceCall(
                1_500_000,
                new Caller("bob", "free"),
                Directory.NO_ROUTE,
                "",
                Criticality.OPTIONAL,
                0,
                0,
                4096));
  }

  @Test
  void readsColumnsInAnyOrderWithQuotesAndAByteOrderMark() throws Exception {
    String trace =
        "\uFEFFtier,output_tokens,input_tokens,\"caller\",timestamp,max_tokens,model,criticality,extra\r\n"
            + "pro,2,1,\"a \"\"quoted\"\", name\",5,300,gpt-5,Background,x\r\n";

    assertThat(read(TIERS, trace))
        .containsExactly(
            new TraceCall(
                5_000_000,
                new Caller("a \"quoted\", name", "pro"),
                Directory.NO_ROUTE,
                "gpt-5",
                Criticality.BACKGROUND,
                1,
                2,
                300));
  }

  @Test
  void takesDefaultsAndCriticalityOfTheRouteThatARowNames() throws Exception {
    String routes =
        TIERS
            + """
            tollgate.route.chat.path = /chat
            tollgate.route.chat.criticality = essential
            tollgate.route.chat.max-tokens = 77
            tollgate.route.batch.criticality = background
            tollgate.route.batch.model = gpt-5-nano
            """;
    String trace = "timestamp,caller,input_tokens,output_tokens,route\n0,a,1,1,chat\n";

    List<TraceCall> calls = read(routes, trace + "0,a,1,1,batch\n0,a,1,1,\n");

    assertThat(calls).extracting(TraceCall::route).containsExactly("chat", "batch", "chat");
    assertThat(calls)
        .extracting(TraceCall::criticality)
        .containsExactly(Criticality.ESSENTIAL, Criticality.BACKGROUND, Criticality.OPTIONAL);
    assertThat(calls).extracting(TraceCall::maxTokens).containsExactly(77L, 4096L, 77L);
    assertThat(calls.get(1).model()).isEqualTo("gpt-5-nano");
  }

  @ParameterizedTest
  @CsvSource({"5000,, 5000", "4000,, 4096", "50, 40, 50", "40, 50, 50"})
  void asksForAtLeastWhatIsAnswered(long output, String maxTokens, long asked) throws Exception {
    String header = "timestamp,caller,input_tokens,output_tokens,max_tokens\n";
    String row = "0,a,1,%d,%s\n".formatted(output, maxTokens == null ? "" : maxTokens);

    assertThat(read(TIERS, header + row)).extracting(TraceCall::maxTokens).containsExactly(asked);
  }

  @ParameterizedTest
  @CsvSource({
    "2026-01-31T23:59:00Z, 1769903940000000",
    "2026-01-31T23:59:00.25+01:00, 1769900340250000",
    "2023-11-16 18:15:46.6805900, 1700158546680590",
    "1700158546, 1700158546000000",
    "0.000001, 1",
  })
  void readsTimes(String text, long micros) throws Exception {
    assertThat(read(TIERS, HEADER + text + ",a,1,1\n"))
        .extracting(TraceCall::atMicros)
        .containsExactly(micros);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "1,a,x,1            | line 3, column input_tokens: 'x' is not a whole number",
        "1,a,-5,1           | column input_tokens: '-5' is not a whole number of 0 to 1000000000",
        "1,a,1,1.5          | column output_tokens: '1.5' is not a whole number",
        "1,a,1,10000000001  | column output_tokens: '10000000001' is not a whole number",
        "1,,1,1             | column caller: '' caller id of 0 characters: it must have 1 to 200",
        "1,a,1              | line 3: '1,a,1' has 3 fields; the header 4",
        "1,a,1,1,1          | has 5 fields; the header 4",
        "noon,a,1,1         | column timestamp: 'noon' is not a number of seconds",
        "2026-01-01T00:00:00Z,a,1,1 | is not a number of seconds, as in the first row",
        "-1,a,1,1           | column timestamp: '-1' is not a number of seconds",
        "1700000000000,a,1,1 | write seconds, not milliseconds",
        "90000000,a,1,1     | is over two years after the first row",
        "0.4,a,1,1          | is before the row above it; sort the rows by time",
      })
  void namesLineColumnValueAndRuleOfWhatIsWrong(String row, String message) {
    assertThatExceptionOfType(TraceException.class)
        .isThrownBy(() -> read(TIERS, HEADER + "0.5,a,1,1\n" + row + "\n"))
        .withMessageContaining(message);
  }

  @Test
  void namesWhatAnOptionalColumnMayHold() {
    String trace =
        "timestamp,caller,input_tokens,output_tokens,tier,route,criticality,max_tokens,model\n"
            + "0,a,1,1,platinum,nowhere,very,lots,"
            + "m".repeat(129)
            + "\n"
            + "0,a,1,1,free,chat,urgent,,\n";
    String routes = TIERS + "tollgate.route.chat.path = /chat\n";

    assertThatExceptionOfType(TraceException.class)
        .isThrownBy(() -> read(routes, trace))
        .withMessageContaining(
            "line 2, column tier: 'platinum' is no tier; configured are [free, pro]")
        .withMessageContaining("column route: 'nowhere' is no route; configured are [chat]")
        .withMessageContaining("column model: '" + "m".repeat(80) + "...' is longer than 128")
        .withMessageContaining(
            "line 3, column criticality: 'urgent' is not one of essential, optional, background");
  }

  @Test
  void stopsAtTheTwentiethProblem() {
    String trace = HEADER + "0,a,x,1\n".repeat(1000);

    assertThatExceptionOfType(TraceException.class)
        .isThrownBy(() -> read(TIERS, trace))
        .withMessageContaining("the first 20:")
        .withMessageContaining("line 21,")
        .withMessageNotContaining("line 22,");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "\"\"                                  | is empty",
        "timestamp,caller,input_tokens         | line 1: 'output_tokens' is missing in the header",
        "timestamp,caller,caller,input_tokens,output_tokens | 'caller' stands twice",
      })
  void needsAHeader(String header, String message) {
    assertThatExceptionOfType(TraceException.class)
        .isThrownBy(() -> read(TIERS, header))
        .withMessageContaining(message);
  }

  @Test
  void refusesAFieldWithoutAnEnd() {
    String endless = HEADER + "0,\"" + "x".repeat(3 * TraceReader.MAX_FIELD) + "\n";

    assertThatExceptionOfType(TraceException.class)
        .isThrownBy(() -> read(TIERS, endless))
        .withMessageContaining("is no CSV file")
        .withMessageContaining("maximum buffer size");
  }

  @Test
  void refusesBytesThatAreNoUtf8() throws IOException {
    Path trace = directory.resolve("trace.csv");
    Files.write(trace, (HEADER + "0,J\u00fcrgen,1,1\n").getBytes(StandardCharsets.ISO_8859_1));

    assertThatExceptionOfType(TraceException.class)
        .isThrownBy(() -> read(TIERS, trace))
        .withMessageContaining("it must be a file in UTF-8");
  }

  @Test
  void saysThatAFileIsMissing() {
    assertThatExceptionOfType(TraceException.class)
        .isThrownBy(() -> read(TIERS, directory.resolve("none.csv")))
        .withMessageContaining("none.csv cannot be read");
  }

  private List<TraceCall> read(String properties, String trace) throws Exception {
    return read(properties, Files.writeString(directory.resolve("trace.csv"), trace));
  }

  private List<TraceCall> read(String properties, Path trace) throws IOException, TraceException {
    Path config = Files.writeString(directory.resolve("tollgate.properties"), properties);
    Directory known = new Directory(SettingsFile.read(config, InstantSource.system()));
    List<TraceCall> calls = new ArrayList<>();
    try (TraceReader reader = TraceReader.open(trace, known)) {
      for (Optional<TraceCall> next = reader.next(); next.isPresent(); next = reader.next()) {
        calls.add(next.get());
      }
    }
    return calls;
  }
}
