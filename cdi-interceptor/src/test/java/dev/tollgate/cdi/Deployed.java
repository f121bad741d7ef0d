package dev.tollgate.cdi;

import dev.tollgate.CallContext;
import dev.tollgate.CallRecord;
import dev.tollgate.Caller;
import dev.tollgate.LimitState;
import dev.tollgate.Tollgate;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import jakarta.enterprise.inject.spi.Extension;
import jakarta.enterprise.util.TypeLiteral;
import java.lang.annotation.Annotation;
import java.time.Clock;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.spi.ConfigProviderResolver;
import org.jboss.weld.environment.se.Weld;
import org.jboss.weld.environment.se.WeldContainer;

/**
 * An application in a container of its own, with a class loader and a configuration of its own. Its
 * caller ann has 10 requests and 1000 tokens a month; a token in costs 1 micro-USD, one out 2, one
 * from a cache 0.1 and one into a cache 1.25, or 2 for an hour.
 */
final class Deployed implements AutoCloseable {

  static final Caller ANN = new Caller("ann", "free");

  private final ClassLoader outer = Thread.currentThread().getContextClassLoader();
  private final Config config;
  private final WeldContainer container;

  private Deployed(Map<String, String> settings, List<Extension> extensions, Class<?>... beans) {
    ClassLoader loader = new ClassLoader("application", outer) {};
    config =
        new SmallRyeConfigBuilder()
            .withSources(new PropertiesConfigSource(settings, "test", 100))
            .build();
    ConfigProviderResolver.instance().registerConfig(config, loader);
    Thread.currentThread().setContextClassLoader(loader);
    boolean started = false;
    try {
      container =
          new Weld()
              .setClassLoader(loader)
              .addBeanClasses(beans)
              .extensions(extensions.toArray(Extension[]::new))
              .initialize();
      started = true;
    } finally {
      if (!started) {
        restore();
      }
    }
  }

  static Deployed of(Class<?>... beans) {
    return new Deployed(settings(), List.of(), beans);
  }

  /** With one more setting. */
  static Deployed with(String key, String value, Class<?>... beans) {
    return with(Map.of(key, value), beans);
  }

  /** With more settings; one that is empty takes away. */
  static Deployed with(Map<String, String> more, Class<?>... beans) {
    Map<String, String> settings = settings();
    settings.putAll(more);
    settings.values().removeIf(String::isEmpty);
    return new Deployed(settings, List.of(), beans);
  }

  /** With another library's extension. */
  static Deployed with(Extension extension, Class<?>... beans) {
    return new Deployed(settings(), List.of(extension), beans);
  }

  private static Map<String, String> settings() {
    Map<String, String> settings = new HashMap<>();
    settings.put("tollgate.zone", zoneWhereItIsNoon());
    settings.put("tollgate.caller-tier", "default:free");
    settings.put("tollgate.tier.free.quota", "10 requests/month, 1000 tokens/month");
    settings.put("tollgate.tier.free.ladder", "80% notify, 100% restrict, 150% refuse");
    settings.put("tollgate.tier.free.restrict", "context 5, output 3, model gemini-small");
    settings.put(
        "tollgate.price.gemini",
        "1 in, 2 out, 0.1 cached, 1.25 cache-write, 2 cache-write-1h USD per 1M");
    settings.put("tollgate.price.gemini-small", "0.1 in, 0.2 out USD per 1M");
    settings.put("tollgate.route.chat.criticality", "optional");
    return settings;
  }

  /** Hours away from midnight, so that no month ends while a test runs. */
  private static String zoneWhereItIsNoon() {
    return ZoneOffset.ofHours(12 - LocalTime.now(Clock.systemUTC()).getHour()).toString();
  }

  <T> T bean(Class<T> type, Annotation... qualifiers) {
    return container.select(type, qualifiers).get();
  }

  <T> T bean(TypeLiteral<T> type) {
    return container.select(type).get();
  }

  Tollgate tollgate() {
    return bean(Tollgate.class);
  }

  /** Makes ann the caller of this thread. */
  static CallContext.Scope asAnn() {
    return CallContext.of(ANN).open();
  }

  long used(String meter) {
    return state(meter).used();
  }

  long held(String meter) {
    return state(meter).held();
  }

  /** Ann's calls on route chat, newest first. */
  List<CallRecord> calls() {
    return tollgate().calls(ANN);
  }

  private LimitState state(String meter) {
    return tollgate().limits(ANN, "chat").stream()
        .filter(state -> state.limit().name().contains(meter))
        .findFirst()
        .orElseThrow();
  }

  @Override
  public void close() {
    container.close();
    restore();
  }

  private void restore() {
    ConfigProviderResolver.instance().releaseConfig(config);
    Thread.currentThread().setContextClassLoader(outer);
  }
}
