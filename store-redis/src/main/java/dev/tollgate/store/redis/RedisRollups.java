package dev.tollgate.store.redis;

import dev.tollgate.store.Rollups;
import dev.tollgate.store.StoreException;
import java.util.List;

/** Rollups in Redis: the keys of each share a slot of a cluster. Thread-safe. */
final class RedisRollups implements Rollups {

  /** How operations get to the server and answers back. */
  interface Server {
    /**
     * @throws StoreException when there is no answer
     */
    Answer ask(Names names, List<String> operation) throws StoreException;
  }

  private final Server server;

  RedisRollups(Server server) {
    this.server = server;
  }

  @Override
  public void add(Addition addition) throws StoreException {
    server.ask(Names.ofRollup(addition.rollup()), Operation.add(addition));
  }

  @Override
  public List<Row> largest(String rollup, int offset, int limit) throws StoreException {
    Rollups.checkPage(rollup, offset, limit);
    return server.ask(Names.ofRollup(rollup), Operation.largest(offset, limit)).toRollupRows();
  }

  @Override
  public List<Row> find(String rollup, List<String> keys) throws StoreException {
    Rollups.checkSearch(rollup, keys);
    return server.ask(Names.ofRollup(rollup), Operation.find(keys)).toRollupRows();
  }
}
