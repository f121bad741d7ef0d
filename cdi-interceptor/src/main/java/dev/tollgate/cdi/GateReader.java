package dev.tollgate.cdi;

import dev.tollgate.Call;
import dev.tollgate.Criticality;
import dev.tollgate.Usage;
import dev.tollgate.cdi.Overrides.Element;
import dev.tollgate.config.ConfigurationException.Problem;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Flow;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Reads annotations, and what overrides them, into gates. Gathers every problem; where there is
 * one, the gates are of no use. Not thread-safe.
 */
final class GateReader {

  private static final String ADD_ROUTE = "add another as tollgate.route.<name>.<key>";
  private static final String MULTI = "io.smallrye.mutiny.Multi";

  private final Set<String> routes;
  private final Overrides overrides;
  private final List<Problem> problems;

  /**
   * @param routes the names of the configured routes
   * @param problems takes what is wrong
   */
  GateReader(Set<String> routes, Overrides overrides, List<Problem> problems) {
    this.routes = new TreeSet<>(routes);
    this.overrides = overrides;
    this.problems = problems;
  }

  Gates read(List<Limited> methods) {
    Set<Site> sites = methods.stream().map(Limited::site).collect(Collectors.toSet());
    Map<Site, Gate> gates = new HashMap<>();
    for (Limited method : methods) {
      gates.put(method.site(), gate(method, sites::contains));
    }
    problems.addAll(overrides.unused());
    return new Gates(gates);
  }

  private Gate gate(Limited method, Predicate<Site> isLimited) {
    if (method.aiCost().isPresent()) {
      checkResult(method.site());
    }
    return new Gate(
        route(method),
        method.aiCost().map(annotation -> cost(method.site(), annotation)),
        new ParameterReader(method, problems).read(),
        fallback(method, isLimited));
  }

  private String route(Limited method) {
    List<Element> named = new ArrayList<>();
    method
        .rateLimited()
        .map(rate -> overrides.element(method.site(), RateLimited.class, "value", rate.value()))
        .ifPresent(named::add);
    method
        .aiCost()
        .map(cost -> overrides.element(method.site(), AiCost.class, "route", cost.route()))
        .filter(element -> !element.value().isEmpty() || (named.isEmpty() && routes.size() != 1))
        .ifPresent(named::add);
    if (named.isEmpty()) {
      return routes.iterator().next();
    }
    for (Element element : named) {
      if (!routes.contains(element.value())) {
        problems.add(
            element.problem(
                "must be the name of a route", "known routes are " + routes + "; " + ADD_ROUTE));
      }
    }
    return same(named);
  }

  /** The value that all elements agree on. */
  private String same(List<Element> elements) {
    Element first = elements.get(0);
    for (Element other : elements) {
      if (!other.value().equals(first.value())) {
        problems.add(
            other.problem(
                "must be the same as " + first.key() + " = '" + first.value() + "'",
                "remove one of the two"));
      }
    }
    return first.value();
  }

  private Gate.Cost cost(Site site, AiCost annotation) {
    Element model = overrides.element(site, AiCost.class, "model", annotation.model());
    if (model.value().length() > Call.MAX_MODEL_LENGTH) {
      problems.add(
          model.problem(
              "must have at most " + Call.MAX_MODEL_LENGTH + " characters", "shorten it"));
    }
    String critical =
        Arrays.stream(annotation.criticality()).map(Enum::name).collect(Collectors.joining(", "));
    return new Gate.Cost(
        model.value(),
        maxOutputTokens(
            overrides.element(
                site,
                AiCost.class,
                "maxOutputTokens",
                Integer.toString(annotation.maxOutputTokens()))),
        criticality(overrides.element(site, AiCost.class, "criticality", critical)));
  }

  private int maxOutputTokens(Element element) {
    try {
      int tokens = Integer.parseInt(element.value());
      if (tokens >= 1 && tokens <= Usage.MAX_TOKENS) {
        return tokens;
      }
    } catch (NumberFormatException notANumber) {
      // reported below, like a number out of range
    }
    problems.add(
        element.problem("must be a whole number, 1 to " + Usage.MAX_TOKENS, "correct the number"));
    return 1;
  }

  private Optional<Criticality> criticality(Element element) {
    if (element.value().isEmpty()) {
      return Optional.empty();
    }
    String name = element.value().toUpperCase(Locale.ROOT);
    Optional<Criticality> known =
        Arrays.stream(Criticality.values()).filter(value -> value.name().equals(name)).findFirst();
    if (known.isEmpty()) {
      problems.add(
          element.problem(
              "must be one of " + Arrays.toString(Criticality.values()), "choose one of them"));
    }
    return known;
  }

  private Optional<Method> fallback(Limited method, Predicate<Site> isLimited) {
    Site site = method.site();
    List<Element> named = new ArrayList<>();
    method
        .rateLimited()
        .map(rate -> rate.fallbackMethod())
        .map(name -> overrides.element(site, RateLimited.class, "fallbackMethod", name))
        .ifPresent(named::add);
    method
        .aiCost()
        .map(cost -> cost.fallbackMethod())
        .map(name -> overrides.element(site, AiCost.class, "fallbackMethod", name))
        .ifPresent(named::add);
    named.removeIf(element -> element.value().isEmpty());
    if (named.isEmpty()) {
      return Optional.empty();
    }
    same(named);
    return new Fallback(site, named.get(0), isLimited).find(problems);
  }

  private void checkResult(Site site) {
    Class<?> type = site.method().getReturnType();
    boolean canBeMetered = type == Flow.Publisher.class || type.getName().equals(MULTI);
    if (Flow.Publisher.class.isAssignableFrom(type) && !canBeMetered) {
      problems.add(
          new Problem(
              "return type of " + site,
              type.getName(),
              "is a kind of publisher that cannot be metered",
              "declare " + Flow.Publisher.class.getName() + " or " + MULTI));
    }
  }
}
