package dev.tollgate.config;

import dev.tollgate.store.Durability;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Logs that a store does not keep what hard limits depend on, where that turns out after the start:
 * its server was away then, or another one has taken its place, or there are hard limits only now.
 * Each finding once. Thread-safe.
 */
final class DurabilityWatch implements Consumer<Durability> {

  private static final System.Logger LOG = System.getLogger("dev.tollgate");

  private Settings settings;
  private Optional<Durability> found = Optional.empty();

  DurabilityWatch(Settings settings) {
    this.settings = settings;
  }

  @Override
  public synchronized void accept(Durability durability) {
    if (!found.equals(Optional.of(durability))) {
      found = Optional.of(durability);
      judge(durability);
    }
  }

  /** Judges the store by what it is needed for from now on. */
  synchronized void use(Settings changed) {
    boolean wasNeeded = StoreDurability.isNeeded(settings);
    settings = changed;
    if (!wasNeeded) {
      found.ifPresent(this::judge);
    }
  }

  private void judge(Durability durability) {
    if (!StoreDurability.isNeeded(settings)) {
      return;
    }
    try {
      StoreDurability.warnings(settings.store(), durability)
          .forEach(warning -> LOG.log(System.Logger.Level.WARNING, warning::toString));
    } catch (ConfigurationException unfit) {
      LOG.log(System.Logger.Level.ERROR, unfit::getMessage);
    }
  }
}
