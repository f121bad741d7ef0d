package dev.tollgate.config;

import dev.tollgate.store.MemoryStore;
import dev.tollgate.store.Store;
import dev.tollgate.store.StoreFactory;
import java.net.URI;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.stream.Stream;

/** The kinds of stores that the application has. Immutable. */
final class Stores {

  static final URI MEMORY = URI.create("memory:/");

  /** The artifacts that open the schemes of the product. */
  private static final Map<String, String> ARTIFACTS =
      Map.of(
          "file", "tollgate-store-file",
          "redis", "tollgate-store-redis",
          "rediss", "tollgate-store-redis",
          "redis-sentinel", "tollgate-store-redis",
          "rediss-sentinel", "tollgate-store-redis",
          "redis-cluster", "tollgate-store-redis",
          "rediss-cluster", "tollgate-store-redis");

  private final List<StoreFactory> factories;

  private Stores(List<StoreFactory> factories) {
    this.factories = List.copyOf(factories);
  }

  /** Those that the application's loader sees, and those beside this class. */
  static Stores of(ClassLoader loader) {
    Map<Class<?>, StoreFactory> found = new LinkedHashMap<>();
    for (ClassLoader each : new ClassLoader[] {loader, Stores.class.getClassLoader()}) {
      for (StoreFactory factory : ServiceLoader.load(StoreFactory.class, each)) {
        found.putIfAbsent(factory.getClass(), factory);
      }
    }
    List<StoreFactory> factories = new ArrayList<>(found.values());
    factories.add(new MemoryFactory());
    return new Stores(factories);
  }

  /** The product's, whether or not they are here: for settings whose store stays closed. */
  static Stores unopened() {
    return new Stores(List.of(new ClosedFactory()));
  }

  boolean opens(String scheme) {
    return find(scheme).isPresent();
  }

  /**
   * @throws IllegalArgumentException when the store's address is not understood
   */
  Store open(StoreSettings settings, InstantSource clock) {
    StoreFactory.Options options =
        new StoreFactory.Options(settings.deadline(), settings.maxCallers(), clock);
    String scheme = settings.uri().getScheme();
    return find(scheme)
        .orElseThrow(() -> new IllegalArgumentException(unknown(scheme)))
        .open(settings.uri(), options);
  }

  /** Why a scheme cannot be used. */
  String unknown(String scheme) {
    String artifact = ARTIFACTS.get(scheme);
    if (artifact != null) {
      return "nothing here opens " + scheme + ": stores; add the jar " + artifact;
    }
    List<String> known =
        Stream.concat(Stream.of("memory"), ARTIFACTS.keySet().stream().sorted())
            .map(each -> each + ":")
            .toList();
    return "'" + scheme + "' is not a kind of store: known are " + String.join(", ", known);
  }

  private Optional<StoreFactory> find(String scheme) {
    return factories.stream().filter(factory -> factory.opens(scheme)).findFirst();
  }

  private static final class MemoryFactory implements StoreFactory {

    @Override
    public boolean opens(String scheme) {
      return scheme.equals(MEMORY.getScheme());
    }

    @Override
    public Store open(URI uri, Options options) {
      return new MemoryStore(options.maxAccounts(), options.clock());
    }
  }

  private static final class ClosedFactory implements StoreFactory {

    @Override
    public boolean opens(String scheme) {
      return scheme.equals(MEMORY.getScheme()) || ARTIFACTS.containsKey(scheme);
    }

    @Override
    public Store open(URI uri, Options options) {
      throw new IllegalArgumentException("stays closed");
    }
  }
}
