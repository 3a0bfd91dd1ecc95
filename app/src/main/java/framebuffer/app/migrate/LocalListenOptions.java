package framebuffer.app.migrate;

import framebuffer.app.config.FlagOnly;
import framebuffer.app.help.Essential;
import framebuffer.app.help.OptionGroup;
import framebuffer.app.terminal.CannotRun;
import java.net.InetAddress;
import java.net.UnknownHostException;
import picocli.CommandLine.Option;

/** Where a command listens that asks its clients for no token, because the older service asks for none. */
@OptionGroup("HTTP")
final class LocalListenOptions {
    @Essential
    @Option(names = "--host", paramLabel = "ADDRESS", defaultValue = "127.0.0.1", description = "Address to listen on. Default: ${DEFAULT-VALUE}.")
    private String host = "127.0.0.1";

    @FlagOnly
    @Option(names = "--insecure", description = "Allows listening on addresses other than loopback. There is no token.")
    private boolean insecure;

    /**
     * The address.
     *
     * @throws CannotRun when others could reach it, and the user has not allowed that
     */
    String host() {
        try {
            if (!insecure && !InetAddress.getByName(host).isLoopbackAddress()) {
                throw new CannotRun("--host " + host
                        + " is reachable from other machines: use --insecure if the network is safe");
            }
            return host;
        } catch (UnknownHostException e) {
            throw new CannotRun("--host " + host + " is not an address of this machine", e);
        }
    }
}
