package dev.tollgate.providers;

import static org.assertj.core.api.Assertions.assertThat;

import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.Encoding;
import com.knuddels.jtokkit.api.EncodingRegistry;
import com.knuddels.jtokkit.api.EncodingType;
import dev.tollgate.TokenCounter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** The error of counting tokens by bytes, published in {@code docs/TOKENS.md}. */
class TokenErrorTest {

  private static final Path PUBLISHED = Path.of("..", "docs", "TOKENS.md");

  private static final List<String> TEXTS =
      List.of(
          "english",
          "german",
          "french",
          "spanish",
          "russian",
          "chinese",
          "japanese",
          "arabic",
          "hindi",
          "korean",
          "java-code",
          "json");

  private final EncodingRegistry encodings = Encodings.newLazyEncodingRegistry();
  private final Encoding o200k = encodings.getEncoding(EncodingType.O200K_BASE);
  private final Encoding cl100k = encodings.getEncoding(EncodingType.CL100K_BASE);

  @Test
  void publishedTableIsThatOfThisVersion() throws IOException {
    String table = table();
    System.out.println(table);
    assertThat(Files.readString(PUBLISHED)).contains(table);
  }

  @Test
  void textsOfManyWindowsAreCountedWithinTenPercent() {
    Seed seed = Seed.next();
    TokenCounter counter = new EncodingCounter(o200k, seed.random().nextLong());
    for (String name : TEXTS) {
      String text = Fixtures.text("texts/" + name + ".txt").repeat(100);
      double exact = o200k.countTokensOrdinary(text);
      assertThat(counter.count(text) / exact).as("%s, %s", name, seed).isBetween(0.9, 1.1);
    }
  }

  private String table() {
    StringBuilder table = new StringBuilder();
    table.append("| text | bytes | o200k | by bytes | error | cl100k | by bytes | error |\n");
    table.append("|---|---:|---:|---:|---:|---:|---:|---:|\n");
    for (String name : TEXTS) {
      String text = Fixtures.text("texts/" + name + ".txt");
      table.append("| ").append(name).append(" | ").append(Utf8.length(text)).append(" |");
      table.append(columns(text, o200k, ModelFamily.O200K));
      table.append(columns(text, cl100k, ModelFamily.CL100K)).append('\n');
    }
    return table.toString();
  }

  private static String columns(String text, Encoding encoding, ModelFamily family) {
    int exact = encoding.countTokensOrdinary(text);
    long byBytes = family.byFactor().count(text);
    double error = 100.0 * (byBytes - exact) / exact;
    return String.format(Locale.ROOT, " %d | %d | %+.0f %% |", exact, byBytes, error);
  }
}
