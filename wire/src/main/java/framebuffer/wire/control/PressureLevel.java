package framebuffer.wire.control;

import java.util.Arrays;
import java.util.Optional;

/** How close a processor or the service is to its capacity (docs/adr/0005-flow-control.md). */
public enum PressureLevel {
    NORMAL(0, 1.0), MODERATE(1, 0.8), HIGH(2, 0.5), CRITICAL(3, 0.0);

    private final int number;
    private final double rate;

    PressureLevel(int number, double rate) {
        this.number = number;
        this.rate = rate;
    }

    /** From 0, normal, to 3, critical. */
    public int number() {
        return number;
    }

    /** The fraction of their frames that producers may send, from 0 to 1. */
    public double consumptionRate() {
        return rate;
    }

    /** The next lower level; the lowest returns itself. */
    public PressureLevel below() {
        return switch (this) {
            case NORMAL, MODERATE -> NORMAL;
            case HIGH -> MODERATE;
            case CRITICAL -> HIGH;
        };
    }

    /** The level with this name. */
    public static Optional<PressureLevel> named(String name) {
        return Arrays.stream(values()).filter(level -> level.name().equals(name)).findAny();
    }
}
