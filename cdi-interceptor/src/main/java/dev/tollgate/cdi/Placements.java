package dev.tollgate.cdi;

import dev.tollgate.Restriction;
import dev.tollgate.config.ConfigurationException.Problem;
import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.context.RequestScoped;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.spi.AnnotatedType;
import jakarta.enterprise.inject.spi.Bean;
import jakarta.enterprise.inject.spi.InjectionPoint;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Where an application has our annotations, and whether they do anything there: an interceptor runs
 * only on methods of beans that a subclass could override. Not thread-safe; used at deployment.
 */
final class Placements {

  private static final Set<Class<? extends Annotation>> NARROW_SCOPES =
      Set.of(Dependent.class, RequestScoped.class);

  private final List<Limited> methods = new ArrayList<>();
  private final Set<Class<?>> beans = new LinkedHashSet<>();
  private final Set<Class<?>> produced = new LinkedHashSet<>();
  private final List<Problem> problems = new ArrayList<>();
  private final List<InjectionPoint> restrictions = new ArrayList<>();

  /** A class that may have our annotations, bean or not. */
  void addType(AnnotatedType<?> type) {
    Class<?> declared = type.getJavaClass();
    if (declared.isMemberClass()
        && !Modifier.isStatic(declared.getModifiers())
        && !Limited.of(type).isEmpty()) {
      add(
          declared.getName(),
          "an inner class is no bean, and is not intercepted",
          "make it static");
    }
  }

  /** A bean whose methods are intercepted. */
  void addBean(AnnotatedType<?> type) {
    Class<?> bean = type.getJavaClass();
    if (!beans.add(bean)) {
      return;
    }
    List<Limited> limited = Limited.of(type);
    methods.addAll(limited);
    if (!limited.isEmpty() && Modifier.isFinal(bean.getModifiers())) {
      add(bean.getName(), "a final class is not intercepted", "remove 'final'");
    }
    limited.forEach(method -> checkModifiers(method.site()));
    checkInterfaces(bean, limited);
  }

  /** A service's interface, whose methods are limited by {@link LimitedService}. */
  void addService(AnnotatedType<?> type) {
    if (!beans.add(type.getJavaClass())) {
      return;
    }
    List<Limited> limited = Limited.of(type);
    methods.addAll(limited);
    limited.forEach(method -> checkModifiers(method.site()));
    checkInherited(type.getJavaClass(), limited);
  }

  /** What a service inherits is not among its own methods: annotations of it would do nothing. */
  private void checkInherited(Class<?> service, List<Limited> limited) {
    List<Method> own = limited.stream().map(method -> method.site().method()).toList();
    boolean whole = isAnnotatedItself(service);
    for (Method method : service.getMethods()) {
      if (method.getDeclaringClass() != service
          && !own.contains(method)
          && (whole || isAnnotated(method))) {
        add(
            method.getDeclaringClass().getName() + "." + method.getName(),
            "a method that " + service.getName() + " inherits is not limited",
            "declare and annotate it in " + service.getSimpleName());
      }
    }
  }

  /** A class whose objects a producer or an extension makes: no interceptor runs on them. */
  void addProduced(Class<?> type) {
    produced.add(type);
  }

  /** A place that gets a {@link Restriction}. */
  void addRestriction(InjectionPoint point) {
    restrictions.add(point);
  }

  /** The beans that name callers. */
  void addCallerProviders(Instance<CallerProvider> providers) {
    if (providers.isAmbiguous()) {
      problems.add(
          new Problem(
              "beans of type " + CallerProvider.class.getName(),
              providers.stream().count() + " beans",
              "must be one bean",
              "remove the others or make one an alternative"));
    }
  }

  List<Limited> methods() {
    return methods;
  }

  /** What is out of place. */
  List<Problem> problems() {
    List<Problem> all = new ArrayList<>(problems);
    produced.stream()
        .filter(type -> beans.stream().noneMatch(type::isAssignableFrom))
        .filter(Placements::isAnnotated)
        .map(
            type ->
                problem(
                    type.getName(),
                    "objects that a producer or an extension makes are not intercepted",
                    "annotate the bean that calls them"))
        .forEach(all::add);
    restrictions.stream().filter(this::isStale).map(Placements::stale).forEach(all::add);
    return all;
  }

  private void checkModifiers(Site site) {
    int modifiers = site.method().getModifiers();
    if (Modifier.isPrivate(modifiers)) {
      add(site.toString(), "a private method is not intercepted", "give it a wider access");
    }
    if (Modifier.isStatic(modifiers)) {
      add(site.toString(), "a static method is not intercepted", "remove 'static'");
    }
    if (Modifier.isFinal(modifiers)) {
      add(site.toString(), "a final method is not intercepted", "remove 'final'");
    }
  }

  /** A class that implements a method does not inherit its annotations: they would do nothing. */
  private void checkInterfaces(Class<?> bean, List<Limited> limited) {
    List<Method> own = limited.stream().map(method -> method.site().method()).toList();
    for (Class<?> type = bean; type != null; type = type.getSuperclass()) {
      for (Class<?> implemented : type.getInterfaces()) {
        for (Method method : implemented.getMethods()) {
          if (isAnnotated(method)
              && isImplemented(method, List.of(bean.getMethods()))
              && !isImplemented(method, own)) {
            add(
                implemented.getName() + "." + method.getName(),
                "annotations of an interface are not inherited by " + bean.getName(),
                "annotate the method of the class");
          }
        }
      }
    }
  }

  private static boolean isImplemented(Method method, List<Method> candidates) {
    return candidates.stream()
        .anyMatch(
            candidate ->
                !candidate.getDeclaringClass().isInterface()
                    && candidate.getName().equals(method.getName())
                    && candidate.getParameterCount() == method.getParameterCount());
  }

  private static boolean isAnnotated(Class<?> type) {
    for (Method method : type.getMethods()) {
      if (isAnnotated(method)) {
        return true;
      }
    }
    return isAnnotatedItself(type);
  }

  private static boolean isAnnotatedItself(Class<?> type) {
    return type.isAnnotationPresent(RateLimited.class) || type.isAnnotationPresent(AiCost.class);
  }

  private static boolean isAnnotated(Method method) {
    return method.isAnnotationPresent(RateLimited.class)
        || method.isAnnotationPresent(AiCost.class);
  }

  /** Whether a bean gets its restriction before the call that it is made for. */
  private boolean isStale(InjectionPoint point) {
    Bean<?> bean = point.getBean();
    return bean == null
        || !NARROW_SCOPES.contains(bean.getScope())
        || methods.stream().anyMatch(method -> method.site().bean() == bean.getBeanClass());
  }

  private static Problem stale(InjectionPoint point) {
    return new Problem(
        "injection point " + point.getMember(),
        Restriction.class.getSimpleName(),
        "is set before the call whose restriction it should be",
        "inject " + Instance.class.getSimpleName() + "<Restriction> and get it during the call");
  }

  private void add(String place, String rule, String remedy) {
    problems.add(problem(place, rule, remedy));
  }

  private static Problem problem(String place, String rule, String remedy) {
    return new Problem("@RateLimited or @AiCost", place, rule, remedy);
  }
}
