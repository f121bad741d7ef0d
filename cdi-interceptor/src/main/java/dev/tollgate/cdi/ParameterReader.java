package dev.tollgate.cdi;

import dev.tollgate.config.ConfigurationException.Problem;
import jakarta.enterprise.inject.spi.AnnotatedParameter;
import java.lang.annotation.Annotation;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Reads where a method's annotated parameters are.
 *
 * @param problems takes what is wrong
 */
record ParameterReader(Limited method, List<Problem> problems) {

  private static final Set<Class<?>> TEXTS = Set.of(String.class, CharSequence.class);
  private static final Set<Class<?>> LONGS = Set.of(long.class, Long.class);
  private static final Set<Class<?>> NUMBERS =
      Set.of(int.class, Integer.class, long.class, Long.class);

  Parameters read() {
    OptionalInt maxOutput =
        single(MaxOutputTokens.class, NUMBERS, "must be an int, a long or one of their boxes");
    return new Parameters(
        places(Prompt.class, TEXTS, "must be a String or CharSequence"),
        maxOutput,
        maxOutput.isPresent() && LONGS.contains(type(maxOutput.getAsInt())),
        single(Model.class, Set.of(String.class), "must be a String"));
  }

  private OptionalInt single(
      Class<? extends Annotation> annotation, Set<Class<?>> types, String rule) {
    List<Integer> places = places(annotation, types, rule);
    if (places.size() > 1) {
      problems.add(
          new Problem(
              "@" + annotation.getSimpleName() + " of " + method.site(),
              places.size() + " parameters",
              "must be one parameter",
              "remove it from the others"));
    }
    return places.isEmpty() ? OptionalInt.empty() : OptionalInt.of(places.get(0));
  }

  private List<Integer> places(
      Class<? extends Annotation> annotation, Set<Class<?>> types, String rule) {
    List<Integer> places = new ArrayList<>();
    for (AnnotatedParameter<?> parameter : method.annotated().getParameters()) {
      if (parameter.isAnnotationPresent(annotation)) {
        int place = parameter.getPosition();
        Class<?> type = type(place);
        if (!types.contains(type)) {
          problems.add(
              new Problem(
                  "@" + annotation.getSimpleName() + " of " + method.site(),
                  type.getTypeName() + " " + parameter.getJavaParameter().getName(),
                  rule,
                  "change the type or annotate another parameter"));
        }
        places.add(place);
      }
    }
    return places;
  }

  private Class<?> type(int place) {
    return method.site().method().getParameterTypes()[place];
  }
}
