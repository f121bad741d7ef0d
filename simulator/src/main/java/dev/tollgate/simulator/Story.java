package dev.tollgate.simulator;

import java.util.List;

/**
 * What was simulated, for people.
 *
 * @param trace the trace's file
 * @param config the configuration's file
 * @param incidents what was injected
 * @param seed which the injected calls depend on
 * @param notes what differs from the configuration or the trace, one sentence each
 */
record Story(String trace, String config, List<Incident> incidents, long seed, List<String> notes) {

  Story {
    incidents = List.copyOf(incidents);
    notes = List.copyOf(notes);
  }
}
