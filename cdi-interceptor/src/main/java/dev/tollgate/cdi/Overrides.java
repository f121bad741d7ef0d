package dev.tollgate.cdi;

import dev.tollgate.config.ConfigurationException.Problem;
import java.lang.annotation.Annotation;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.eclipse.microprofile.config.Config;

/**
 * The elements of annotations, as configuration overrides them. Remembers what was asked for, so
 * that it can tell the keys that nobody asked for. Not thread-safe.
 */
final class Overrides {

  /**
   * An element of an annotation.
   *
   * @param key where its value comes from: the configuration key, or the annotation and its method
   * @param value its value as text
   */
  record Element(String key, String value) {

    Problem problem(String rule, String remedy) {
      return new Problem(key, value, rule, remedy);
    }
  }

  private final Config config;
  private final Set<String> asked = new HashSet<>();
  private final Set<String> owners = new HashSet<>();

  Overrides(Config config) {
    this.config = config;
  }

  /**
   * An element of a method's annotation, from the narrowest key that is configured.
   *
   * @param annotated its value in the annotation
   */
  Element element(
      Site site, Class<? extends Annotation> annotation, String name, String annotated) {
    String bean = site.bean().getName();
    String owned = annotation.getSimpleName() + "/" + name;
    List<String> keys =
        List.of(bean + "/" + site.method().getName() + "/" + owned, bean + "/" + owned, owned);
    owners.add(bean);
    asked.addAll(keys);
    for (String key : keys) {
      Optional<String> value = config.getOptionalValue(key, String.class);
      if (value.isPresent()) {
        return new Element(key, value.get().trim());
      }
    }
    return new Element("@" + annotation.getSimpleName() + "." + name + " of " + site, annotated);
  }

  /** The configured keys that are written like overrides of these beans, but override nothing. */
  List<Problem> unused() {
    Set<String> unused = new TreeSet<>();
    for (String key : config.getPropertyNames()) {
      if (isOverride(key) && !asked.contains(key)) {
        unused.add(key);
      }
    }
    return unused.stream()
        .map(
            key ->
                new Problem(
                    key,
                    config.getOptionalValue(key, String.class).orElse(""),
                    "must be <class>/<method>/<annotation>/<element>, of a method with that"
                        + " annotation",
                    "correct or remove it"))
        .toList();
  }

  private boolean isOverride(String key) {
    boolean ours = key.contains("/RateLimited/") || key.contains("/AiCost/");
    return ours && owners.contains(key.substring(0, key.indexOf('/')));
  }
}
