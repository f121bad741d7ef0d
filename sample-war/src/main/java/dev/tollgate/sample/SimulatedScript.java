package dev.tollgate.sample;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** An answer of the simulated provider, as a real provider writes it. */
interface SimulatedScript {

  /** The answer as one object. */
  ObjectNode whole();

  /** The answer as a stream, event by event. */
  List<byte[]> events();
}
