package dev.tollgate.config;

import dev.tollgate.Policies;
import dev.tollgate.PriceBook;
import dev.tollgate.Route;
import dev.tollgate.SinkState;
import dev.tollgate.Tier;
import dev.tollgate.Tollgate;
import dev.tollgate.config.ConfigurationException.Problem;
import dev.tollgate.providers.TokenCounters;
import dev.tollgate.store.Store;
import dev.tollgate.store.UnusableStoreException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.eclipse.microprofile.config.Config;

/**
 * An engine that follows its configuration: a changed one that is valid takes its place while what
 * was counted stays counted; one that is not is reported, and the last good one stays.
 *
 * <p>Thread-safe. It owns one thread that reloads, one for prices where that looks more seldom than
 * once a minute, one that loads tokenizers when they are first needed, one for providers' bills and
 * limits if any are configured, and one that delivers alerts from the first on; they end with
 * {@link #close}.
 */
final class Engine implements AutoCloseable {

  /** How often to look for other prices where nothing else is looked for so often. */
  private static final Duration PRICE_PERIOD = Duration.ofMinutes(1);

  private static final System.Logger LOG = System.getLogger("dev.tollgate");

  private final Config config;
  private final SettingsReader reader;
  private final HashKey fingerprintKey;
  private final Tollgate tollgate;
  private final List<Polling> polling;
  private final PriceTable prices;
  private final AlertRelay alerts;
  private final DurabilityWatch durability;
  private final Tokenizers tokenizers;
  private final ProviderErrands errands;
  private volatile Settings settings;
  private volatile ConfigurationState configuration;
  private String fingerprint;

  private Engine(
      Config config,
      SettingsReader reader,
      HashKey fingerprintKey,
      Snapshot snapshot,
      SettingsReader.Reading reading,
      PriceTable prices,
      AlertRelay alerts,
      DurabilityWatch durability,
      Tollgate tollgate) {
    this.config = config;
    this.reader = reader;
    this.fingerprintKey = fingerprintKey;
    this.fingerprint = snapshot.fingerprint(fingerprintKey);
    this.settings = with(prices.book(), reading.settings());
    this.configuration = inForce(config, reading);
    this.prices = prices;
    this.tokenizers = new Tokenizers();
    this.alerts = alerts;
    this.durability = durability;
    this.tollgate = tollgate;
    this.errands = new ProviderErrands(tollgate, InstantSource.system(), new SplittableRandom());
    errands.use(reading.providerApis());
    this.polling = polling(reading.reloadPeriod());
  }

  /** Prices change on their days and with their feed, however seldom anything else may change. */
  private List<Polling> polling(Duration reloadPeriod) {
    List<Polling> polling = new ArrayList<>();
    if (!reloadPeriod.isZero()) {
      polling.add(Polling.start("tollgate-reload", this::reloadNow, () -> reloadPeriod));
    }
    if (reloadPeriod.isZero() || reloadPeriod.compareTo(PRICE_PERIOD) > 0) {
      polling.add(Polling.start("tollgate-prices", this::followPrices, () -> PRICE_PERIOD));
    }
    return polling;
  }

  /**
   * @param loader whose stores can be opened
   * @throws ConfigurationException when the configuration is not valid
   */
  static Engine open(Config config, ClassLoader loader) {
    Stores stores = Stores.of(loader);
    HashKey randomKey = HashKey.random(new SecureRandom());
    InstantSource clock = InstantSource.system();
    Sinks sinks = Sinks.of(loader, clock);
    SettingsReader reader = new SettingsReader(stores, sinks, randomKey, clock);
    Snapshot snapshot = Snapshot.take(config);
    SettingsReader.Reading reading = reader.read(snapshot);
    PriceTable prices = new PriceTable(reading.prices(), clock);
    Settings settings = with(prices.book(), reading.settings());
    Store store = open(stores, settings.store(), clock);
    List<Problem> fears = durabilityWarnings(settings, store);
    AlertRelay alerts = new AlertRelay(sinks, settings.alerts(), new SecureRandom());
    DurabilityWatch durability = new DurabilityWatch(settings);
    Tollgate tollgate = tollgate(settings, store, clock, alerts, durability);
    LOG.log(System.Logger.Level.INFO, () -> "Tollgate is in force: " + Summary.of(settings));
    warn(reading.warnings());
    warn(prices.warnings());
    warn(fears);
    return new Engine(
        config, reader, randomKey, snapshot, reading, prices, alerts, durability, tollgate);
  }

  private static Store open(Stores stores, StoreSettings settings, InstantSource clock) {
    try {
      return stores.open(settings, clock);
    } catch (IllegalArgumentException wrong) {
      throw refused(settings, wrong, "correct the address");
    } catch (UnusableStoreException unusable) {
      throw refused(settings, unusable, unusable.remedy());
    }
  }

  private static ConfigurationException refused(
      StoreSettings settings, RuntimeException reason, String remedy) {
    String address = Redaction.ofAddress(settings.uri().toString());
    String rule = Redaction.withoutSecrets(settings.uri(), String.valueOf(reason.getMessage()));
    return new ConfigurationException(
        List.of(new Problem("tollgate.store", address, rule, remedy)));
  }

  private static List<Problem> durabilityWarnings(Settings settings, Store store) {
    try {
      return StoreDurability.warnings(settings, store);
    } catch (ConfigurationException unfit) {
      store.close();
      throw unfit;
    }
  }

  private static Tollgate tollgate(
      Settings settings,
      Store store,
      InstantSource clock,
      AlertRelay alerts,
      DurabilityWatch durability) {
    Tollgate tollgate =
        Tollgate.builder(settings.policies(), store)
            .clock(clock)
            .onAlert(alerts)
            .onDurability(durability)
            .onStoreFailure(settings.store().onFailure(), settings.store().nodes())
            .maxCallers(settings.store().maxCallers())
            .holdFor(settings.store().holdFor())
            .build();
    tollgate.onCall(new CallLog());
    return tollgate;
  }

  Tollgate tollgate() {
    return tollgate;
  }

  Settings settings() {
    return settings;
  }

  ConfigurationState configuration() {
    return configuration;
  }

  private static ConfigurationState inForce(Config config, SettingsReader.Reading reading) {
    return new ConfigurationState(ConfiguredValue.of(config, reading.defaults()), List.of());
  }

  List<SinkState> sinks() {
    return alerts.states();
  }

  TokenCounters tokenCounters() {
    return tokenizers.counters();
  }

  /** Takes over a configuration and prices that have changed. */
  synchronized void reloadNow() {
    readAgain();
    followPrices();
  }

  private synchronized void followPrices() {
    if (prices.refresh()) {
      takeOver(with(prices.book(), settings));
    }
  }

  private void readAgain() {
    Snapshot snapshot = Snapshot.take(config);
    String now = snapshot.fingerprint(fingerprintKey);
    if (now.equals(fingerprint)) {
      return;
    }
    fingerprint = now;
    try {
      SettingsReader.Reading reading = reader.read(snapshot);
      prices.use(reading.prices());
      takeOver(with(prices.book(), reading.settings()));
      errands.use(reading.providerApis());
      configuration = inForce(config, reading);
      warn(reading.warnings());
    } catch (ConfigurationException wrong) {
      configuration = new ConfigurationState(configuration.values(), wrong.problems());
      LOG.log(
          System.Logger.Level.ERROR,
          () -> "the changed configuration is not used: " + wrong.getMessage());
    }
  }

  private void takeOver(Settings changed) {
    StoreSettings store = settings.store();
    if (!changed.store().equals(store)) {
      LOG.log(
          System.Logger.Level.WARNING,
          () -> "a changed store needs a restart: " + store + " stays in use");
    }
    Policies policies = merge(settings.policies(), changed.policies());
    tollgate.reload(policies);
    alerts.use(changed.alerts());
    settings =
        new Settings(policies, changed.http(), store, changed.alerts(), changed.genAiMetrics());
    durability.use(settings);
    LOG.log(System.Logger.Level.INFO, () -> "Tollgate is reloaded: " + Summary.of(settings));
  }

  private static void warn(List<Problem> warnings) {
    warnings.forEach(warning -> LOG.log(System.Logger.Level.WARNING, warning::toString));
  }

  /** The same settings with other prices. */
  static Settings with(PriceBook prices, Settings settings) {
    return new Settings(
        settings.policies().with(prices),
        settings.http(),
        settings.store(),
        settings.alerts(),
        settings.genAiMetrics());
  }

  /** Tiers and routes that are gone stay known to calls under way and to annotated methods. */
  private static Policies merge(Policies old, Policies changed) {
    Map<String, Tier> tiers = new HashMap<>(old.tiers());
    tiers.putAll(changed.tiers());
    Map<String, Route> routes = new HashMap<>(old.routes());
    routes.putAll(changed.routes());
    return new Policies(tiers, routes, changed.prices(), changed.shadow(), changed.spending());
  }

  @Override
  public void close() {
    polling.forEach(Polling::close);
    errands.close();
    tokenizers.close();
    tollgate.close();
    alerts.close();
  }
}
