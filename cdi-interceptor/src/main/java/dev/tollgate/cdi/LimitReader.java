package dev.tollgate.cdi;

import dev.tollgate.providers.ProviderLimit;
import java.util.Optional;

/** Reads from what a library throws that a limit of its provider is reached. Thread-safe. */
@FunctionalInterface
interface LimitReader {

  Optional<ProviderLimit> read(Throwable failure);
}
