package dev.tollgate.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What has to be seen beside text, such as edges of fields and parts of charts, stands out 3:1 from
 * what is next to it (WCAG 2.2, 1.4.11); text does 4.5:1 (1.4.3).
 */
class ContrastTest {

  private static final double OF_PARTS = 3;
  private static final double OF_TEXT = 4.5;
  private static final Pattern COLOUR = Pattern.compile("--([\\w-]+): #([0-9a-f]{6});");

  /** The colours of a scheme by their names; the dark one takes those of the light one's place. */
  private static Map<String, Integer> colours(String scheme) throws IOException {
    String css;
    try (InputStream in = ContrastTest.class.getResourceAsStream("pages.css")) {
      css = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
    int dark = css.indexOf("@media (prefers-color-scheme: dark)");
    assertThat(dark).isPositive();
    String light = css.substring(0, dark);
    Map<String, Integer> colours = new HashMap<>(read(light));
    if (scheme.equals("dark")) {
      colours.putAll(read(css.substring(dark, css.indexOf(":host { display", dark))));
    }
    return colours;
  }

  private static Map<String, Integer> read(String css) {
    Map<String, Integer> colours = new HashMap<>();
    Matcher token = COLOUR.matcher(css);
    while (token.find()) {
      colours.put(token.group(1), Integer.parseInt(token.group(2), 16));
    }
    return colours;
  }

  /** The formula of WCAG 2.2. */
  private static double contrast(int one, int other) {
    double lighter = Math.max(luminance(one), luminance(other));
    double darker = Math.min(luminance(one), luminance(other));
    return (lighter + 0.05) / (darker + 0.05);
  }

  private static double luminance(int colour) {
    return 0.2126 * linear(colour >> 16 & 255)
        + 0.7152 * linear(colour >> 8 & 255)
        + 0.0722 * linear(colour & 255);
  }

  private static double linear(int channel) {
    double part = channel / 255.0;
    return part <= 0.04045 ? part / 12.92 : Math.pow((part + 0.055) / 1.055, 2.4);
  }

  @Test
  void theFormulaIsThatOfTheStandard() {
    assertThat(contrast(0x000000, 0xffffff)).isEqualTo(21);
    assertThat(contrast(0x777777, 0xffffff)).isBetween(4.47, 4.49);
  }

  @ParameterizedTest
  @ValueSource(strings = {"light", "dark"})
  void whatHasToBeSeenStandsOut(String scheme) throws IOException {
    List<String> pairs =
        new ArrayList<>(
            List.of(
                "edge surface",
                "edge page",
                "accent surface",
                "accent page",
                "accent sunken",
                "held-bar sunken",
                "warn-bar sunken",
                "stop sunken",
                "stop surface"));
    IntStream.rangeClosed(1, 9).forEach(i -> pairs.add("chart-" + i + " surface"));
    assertStandOut(scheme, pairs, OF_PARTS);
  }

  @ParameterizedTest
  @ValueSource(strings = {"light", "dark"})
  void textCanBeRead(String scheme) throws IOException {
    List<String> pairs =
        List.of(
            "ink page",
            "ink surface",
            "ink sunken",
            "muted page",
            "muted surface",
            "muted sunken",
            "accent surface",
            "accent accent-soft",
            "accent-ink accent",
            "warn surface",
            "warn warn-soft",
            "stop surface",
            "stop stop-soft");
    assertStandOut(scheme, pairs, OF_TEXT);
  }

  private static void assertStandOut(String scheme, List<String> pairs, double least)
      throws IOException {
    Map<String, Integer> colours = colours(scheme);
    for (String pair : pairs) {
      String[] names = pair.split(" ");
      assertThat(colours).containsKeys(names);
      assertThat(contrast(colours.get(names[0]), colours.get(names[1])))
          .as("%s on %s, %s", names[0], names[1], scheme)
          .isGreaterThanOrEqualTo(least);
    }
  }
}
