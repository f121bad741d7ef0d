package dev.tollgate.store;

/** Hears which parts of a {@link MemoryStore} have changed. Implementations are thread-safe. */
@FunctionalInterface
public interface ChangeListener {

  /** Nobody keeps what a store counts: it does not note its changes at all. */
  ChangeListener NONE = part -> {};

  /**
   * A part has changed, or is gone, and was not known to have since its last image was written.
   * Called while the part is locked: it must be quick and must not ask the store.
   */
  void changed(Part part);
}
