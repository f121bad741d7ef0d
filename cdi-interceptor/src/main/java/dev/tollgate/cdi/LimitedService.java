package dev.tollgate.cdi;

import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.context.spi.CreationalContext;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.UnsatisfiedResolutionException;
import jakarta.enterprise.inject.spi.AfterBeanDiscovery;
import jakarta.enterprise.inject.spi.AnnotatedType;
import jakarta.enterprise.inject.spi.Bean;
import jakarta.enterprise.inject.spi.BeanManager;
import jakarta.interceptor.Interceptor;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.HashSet;
import java.util.Set;

/**
 * An interface with our annotations that LangChain4j-CDI implements, as by
 * {@code @RegisterAIService}. It does so by a bean of its own making, on which containers run no
 * interceptors. So an alternative of that bean stands before it, for everybody who injects the
 * interface. It belongs to its injection point, and holds nothing but a reference to the service,
 * which keeps its scope. Immutable.
 *
 * <p>LangChain4j-CDI's annotations are known by their names: every version of it will do, and none
 * needs to be there.
 */
record LimitedService<T>(Class<T> service) {

  private static final String REGISTRATIONS = "dev.langchain4j.cdi.spi.Register";

  /** Whether a type is such an interface. */
  static boolean isOne(AnnotatedType<?> type) {
    return type.getJavaClass().isInterface()
        && type.getAnnotations().stream()
            .anyMatch(
                annotation -> annotation.annotationType().getName().startsWith(REGISTRATIONS));
  }

  void addTo(AfterBeanDiscovery event, BeanManager beans) {
    event
        .<T>addBean()
        .id(LimitedService.class.getName() + ":" + service.getName())
        .beanClass(LimitedService.class)
        .types(service, Object.class)
        .scope(Dependent.class)
        .alternative(true)
        .priority(Interceptor.Priority.LIBRARY_BEFORE)
        .createWith(context -> limited(beans, context));
  }

  private T limited(BeanManager beans, CreationalContext<T> context) {
    Turnstile turnstile = beans.createInstance().select(Turnstile.class).get();
    Object target = beans.getReference(implementation(beans), service, context);
    return service.cast(
        Proxy.newProxyInstance(
            service.getClassLoader(),
            new Class<?>[] {service},
            (proxy, method, arguments) ->
                isEquals(method)
                    ? proxy == arguments[0]
                    : new ServiceCall(service, target, method, arguments).through(turnstile)));
  }

  private static boolean isEquals(Method method) {
    return method.getDeclaringClass() == Object.class && method.getName().equals("equals");
  }

  private Bean<?> implementation(BeanManager beans) {
    Set<Bean<?>> others = new HashSet<>(beans.getBeans(service, Any.Literal.INSTANCE));
    others.removeIf(bean -> bean.getBeanClass() == LimitedService.class);
    if (others.isEmpty()) {
      throw new UnsatisfiedResolutionException(
          "no bean implements "
              + service.getName()
              + ": add LangChain4j-CDI's extension to the application");
    }
    return beans.resolve(others);
  }
}
