package dev.tollgate;

import dev.tollgate.store.Charge;
import dev.tollgate.store.Document;
import dev.tollgate.store.Hold;
import dev.tollgate.store.OpenHold;
import dev.tollgate.store.Receipt;
import dev.tollgate.store.Request;
import dev.tollgate.store.Store;
import dev.tollgate.store.StoreException;
import java.util.List;

/**
 * Accounts whose names begin with the same letter are on one shard; documents are on the first one.
 * As thread-safe as the shards.
 */
final class ShardedStore implements Store {

  private final List<? extends Store> shards;

  ShardedStore(List<? extends Store> shards) {
    this.shards = shards;
  }

  @Override
  public String shard(String account) {
    return "shard " + account.charAt(0) % shards.size();
  }

  private Store of(String account) {
    return shards.get(account.charAt(0) % shards.size());
  }

  @Override
  public Receipt reserve(Request request) throws StoreException {
    return of(request.account()).reserve(request);
  }

  @Override
  public Receipt settle(Hold hold, List<Long> actual, String row) throws StoreException {
    return of(hold.account()).settle(hold, actual, row);
  }

  @Override
  public Receipt cancel(Hold hold) throws StoreException {
    return of(hold.account()).cancel(hold);
  }

  @Override
  public Receipt read(String account, List<Charge> charges) throws StoreException {
    return of(account).read(account, charges);
  }

  @Override
  public void reset(String account) throws StoreException {
    of(account).reset(account);
  }

  @Override
  public List<String> rows(String account) throws StoreException {
    return of(account).rows(account);
  }

  @Override
  public List<OpenHold> openHolds(String account) throws StoreException {
    return of(account).openHolds(account);
  }

  @Override
  public boolean expire(String account, String id) throws StoreException {
    return of(account).expire(account, id);
  }

  @Override
  public Document document(String name) throws StoreException {
    return shards.get(0).document(name);
  }

  @Override
  public boolean replace(String name, long version, String text) throws StoreException {
    return shards.get(0).replace(name, version, text);
  }

  @Override
  public void close() {
    shards.forEach(Store::close);
  }
}
