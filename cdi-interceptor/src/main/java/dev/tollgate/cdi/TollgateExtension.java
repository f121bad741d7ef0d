package dev.tollgate.cdi;

import dev.tollgate.Alert;
import dev.tollgate.Caller;
import dev.tollgate.Restriction;
import dev.tollgate.Tollgate;
import dev.tollgate.config.ConfigurationException;
import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.event.Event;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.spi.AfterBeanDiscovery;
import jakarta.enterprise.inject.spi.AfterDeploymentValidation;
import jakarta.enterprise.inject.spi.AnnotatedMember;
import jakarta.enterprise.inject.spi.BeanManager;
import jakarta.enterprise.inject.spi.BeforeShutdown;
import jakarta.enterprise.inject.spi.Extension;
import jakarta.enterprise.inject.spi.ProcessAnnotatedType;
import jakarta.enterprise.inject.spi.ProcessInjectionPoint;
import jakarta.enterprise.inject.spi.ProcessManagedBean;
import jakarta.enterprise.inject.spi.ProcessProducerField;
import jakarta.enterprise.inject.spi.ProcessProducerMethod;
import jakarta.enterprise.inject.spi.ProcessSyntheticBean;
import jakarta.enterprise.inject.spi.WithAnnotations;
import jakarta.inject.Singleton;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Opens the engine with the application and closes it with it, stops a deployment whose annotations
 * or settings are wrong, and adds beans: the {@link Tollgate}, and the {@link Restriction} of the
 * call that is running. Alerts become events of type {@link Alert}.
 *
 * <p>Used by the container, one event at a time.
 */
public class TollgateExtension implements Extension {

  private final Placements placements = new Placements();
  private final Set<LimitedService<?>> services = new LinkedHashSet<>();
  private @Nullable Deployment deployment;

  void see(
      @Observes @WithAnnotations({RateLimited.class, AiCost.class}) ProcessAnnotatedType<?> event) {
    placements.addType(event.getAnnotatedType());
    if (LimitedService.isOne(event.getAnnotatedType())) {
      placements.addService(event.getAnnotatedType());
      services.add(new LimitedService<>(event.getAnnotatedType().getJavaClass()));
    }
  }

  void see(@Observes ProcessManagedBean<?> event) {
    placements.addBean(event.getAnnotatedBeanClass());
  }

  void see(@Observes ProcessProducerMethod<?, ?> event) {
    seeProducer(event.getAnnotatedProducerMethod());
  }

  void see(@Observes ProcessProducerField<?, ?> event) {
    seeProducer(event.getAnnotatedProducerField());
  }

  void see(@Observes ProcessSyntheticBean<?> event) {
    Class<?> made = event.getBean().getBeanClass();
    if (made.isInterface()) {
      placements.addProduced(made);
    }
  }

  private void seeProducer(AnnotatedMember<?> producer) {
    if (producer.getJavaMember() instanceof Method method) {
      placements.addProduced(method.getReturnType());
    } else if (producer.getJavaMember() instanceof Field field) {
      placements.addProduced(field.getType());
    }
  }

  void see(@Observes ProcessInjectionPoint<?, Restriction> event) {
    placements.addRestriction(event.getInjectionPoint());
  }

  /**
   * Adds the beans. What is out of place is reported here already: some of it the container would
   * refuse next, with no word about the rest.
   */
  void add(@Observes AfterBeanDiscovery event, BeanManager beans) {
    event
        .addBean()
        .types(Restriction.class, Object.class)
        .scope(Dependent.class)
        .produceWith(instances -> Frame.currentRestriction());
    event
        .addBean()
        .types(Tollgate.class, Object.class)
        .scope(Singleton.class)
        .produceWith(instances -> deployment().tollgate());
    event
        .addBean()
        .types(Turnstile.class, Object.class)
        .scope(Singleton.class)
        .produceWith(this::turnstile);
    if (Library.LANGCHAIN4J.isPresent()) {
      LangChain4jBeans.add(event);
    }
    services.forEach(service -> service.addTo(event, beans));
    if (!placements.problems().isEmpty()) {
      open(alert -> {}, event::addDefinitionError);
    }
  }

  void open(@Observes AfterDeploymentValidation event, BeanManager beans) {
    placements.addCallerProviders(beans.createInstance().select(CallerProvider.class));
    open(new AlertEvents(beans.getEvent().select(Alert.class)), event::addDeploymentProblem);
    if (deployment != null) {
      Event<Resumed> resumptions = beans.getEvent().select(Resumed.class);
      deployment.onResume(criticality -> fire(resumptions, new Resumed(criticality)));
    }
  }

  private static void fire(Event<Resumed> resumptions, Resumed resumed) {
    var unused = resumptions.fireAsync(resumed);
    resumptions.fire(resumed);
  }

  private void open(Consumer<Alert> alerts, Consumer<Throwable> problem) {
    try {
      deployment = Deployment.open(loader(), placements, alerts);
    } catch (ConfigurationException invalid) {
      problem.accept(invalid);
    }
  }

  void close(@Observes BeforeShutdown event) {
    if (deployment != null) {
      deployment.close();
    }
  }

  private Deployment deployment() {
    if (deployment == null) {
      throw new IllegalStateException("the application is not deployed yet");
    }
    return deployment;
  }

  private Turnstile turnstile(Instance<Object> beans) {
    Instance<CallerProvider> callers = beans.select(CallerProvider.class);
    List<UsageReader> readers = beans.select(UsageReader.class).stream().toList();
    return new Turnstile(
        deployment().tollgate(),
        deployment().gates(),
        deployment().counters(),
        callers.isUnsatisfied() ? TollgateExtension::nobody : callers.get(),
        new Results(readers, Adapters.present()));
  }

  private static Caller nobody() {
    throw new IllegalStateException(
        "nobody names the caller of this call, which no filter has seen: make it inside of"
            + " CallContext.of(new Caller(id, tier)).open(), or add a bean that implements "
            + CallerProvider.class.getName());
  }

  /** The application's class loader: the one that its server has set. */
  private static ClassLoader loader() {
    ClassLoader context = Thread.currentThread().getContextClassLoader();
    return context != null ? context : TollgateExtension.class.getClassLoader();
  }
}
