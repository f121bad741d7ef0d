package dev.tollgate.config;

import dev.tollgate.config.ConfigurationException.Problem;
import java.util.List;

/**
 * What is configured, to be shown. Immutable.
 *
 * @param values those in force, by key, without their secrets
 * @param rejected what is wrong with a changed configuration that is therefore not in force; empty
 *     when the latest one is
 */
public record ConfigurationState(List<ConfiguredValue> values, List<Problem> rejected) {

  public ConfigurationState {
    values = List.copyOf(values);
    rejected = List.copyOf(rejected);
  }
}
