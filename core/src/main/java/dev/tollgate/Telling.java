package dev.tollgate;

import dev.tollgate.store.Store;
import dev.tollgate.store.StoreException;

/** How a store is told what it has not acknowledged. */
interface Telling {

  /** What is told. Each can be told again, and counts once. */
  interface Message {
    /**
     * @throws StoreException when the store did not answer
     */
    void tell(Store store) throws StoreException;
  }

  /**
   * Tells something about an account, unless its part of the store is known not to answer.
   *
   * @return whether the store has answered: if not, it is to be told again
   */
  boolean tell(String account, Message message);
}
