package framebuffer.orchestrator.api.server;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** Limit of open files and sockets of this process ({@code ulimit -n}), and how many are open. */
record FileDescriptors(long limit, long open) {
    /** Reserved for files and for connections to Redis and health endpoints, which are opened after the start. */
    private static final int RESERVED = 64;
    private static final int AT_LEAST = 16;

    static FileDescriptors now() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                ? new FileDescriptors(unix.getMaxFileDescriptorCount(), unix.getOpenFileDescriptorCount())
                : new FileDescriptors(Integer.MAX_VALUE, 0);
    }

    /** The number of wanted connections that fit: a listener without a free descriptor stops accepting connections. */
    int connections(int wanted) {
        return (int) Math.min(wanted, Math.max(AT_LEAST, limit - open - RESERVED));
    }
}
