package dev.tollgate.config;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * How a kind of value is written.
 *
 * @param example a value that is right, for the remedy of one that is not
 * @param parser throws {@link IllegalArgumentException}, with the rule that the text breaks as its
 *     message
 */
record Syntax<T>(String example, Function<String, T> parser) {

  static final Syntax<Boolean> BOOLEAN =
      new Syntax<>(
          "true or false",
          text ->
              switch (text) {
                case "true" -> true;
                case "false" -> false;
                default -> throw new IllegalArgumentException("must be true or false");
              });

  T parse(String text) {
    return parser.apply(text);
  }

  /** A whole number from {@code min} to {@code max}. */
  static Syntax<Integer> wholeNumber(int min, int max) {
    return new Syntax<>(
        "a whole number from " + min + " to " + max,
        text -> {
          long number = AmountSyntax.whole(text);
          if (number < min || number > max) {
            throw new IllegalArgumentException("must be from " + min + " to " + max);
          }
          return (int) number;
        });
  }

  /** A constant of an enum, in lower case with dashes. */
  static <E extends Enum<E>> Syntax<E> oneOf(Class<E> type) {
    String known = EnumSet.allOf(type).stream().map(Syntax::word).collect(Collectors.joining(", "));
    return new Syntax<>(
        "one of " + known,
        text ->
            Arrays.stream(type.getEnumConstants())
                .filter(constant -> word(constant).equals(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("must be one of " + known)));
  }

  /** A constant as it is written. */
  static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
