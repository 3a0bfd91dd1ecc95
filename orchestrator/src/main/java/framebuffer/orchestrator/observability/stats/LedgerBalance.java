package framebuffer.orchestrator.observability.stats;

/** Whether the ledger balanced at the last reading; from good to bad. */
public enum LedgerBalance {
    /** Frames in flight equal those captured and not ended. */
    BALANCED,
    /** The ledger has not been read yet, at least in one partition. */
    UNKNOWN,
    /** A frame was counted twice, or not at all. */
    OUT_OF_BALANCE;

    LedgerBalance worse(LedgerBalance other) {
        return compareTo(other) > 0 ? this : other;
    }
}
