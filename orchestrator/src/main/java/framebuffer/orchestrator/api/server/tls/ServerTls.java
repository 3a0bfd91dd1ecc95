package framebuffer.orchestrator.api.server.tls;

import framebuffer.redis.LastingFault;
import framebuffer.wire.tls.TlsFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The TLS of the server. It follows its files: new connections get a renewed certificate, and open connections continue. Files that cannot be
 * used change nothing. For one thread at a time.
 */
public final class ServerTls {
    private static final Logger log = LoggerFactory.getLogger(ServerTls.class);

    private final TlsFiles files;
    private final SslContextFactory.Server factory = new SslContextFactory.Server();
    private final LastingFault fault = new LastingFault(log, "the certificate of the REST API");
    private String seen;

    /**
     * @throws IOException when the files cannot be used; the message names the file and the fault
     */
    public ServerTls(TlsFiles files) throws IOException {
        this.files = files;
        this.seen = state();
        factory.setSslContext(files.context());
    }

    /** Accepts HTTP only within TLS. */
    public ConnectionFactory[] around(HttpConfiguration http) {
        // AllowedHosts decides which names are ours, not the names in the certificate.
        http.addCustomizer(new SecureRequestCustomizer(false));
        HttpConnectionFactory inner = new HttpConnectionFactory(http);
        return new ConnectionFactory[]{new SslConnectionFactory(factory, inner.getProtocol()), inner};
    }

    /** Takes the files again if they have changed. */
    public void renew() {
        try {
            String now = state();
            if (now.equals(seen)) {
                return;
            }
            SSLContext renewed = files.context();
            factory.reload(server -> server.setSslContext(renewed));
            seen = now;
            fault.over("can be used again");
            log.info("new connections to the REST API get the certificate that is now in {}", files.certificate());
        } catch (Exception e) {
            fault.is("cannot be renewed, the former one stays: " + e.getMessage());
        }
    }

    /** Changes whenever a file is replaced or written. */
    private String state() {
        return Stream.of(files.certificate(), files.key()).map(Objects::requireNonNull).map(ServerTls::state)
                .collect(Collectors.joining(" "));
    }

    private static String state(Path file) {
        try {
            BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
            return now.lastModifiedTime() + " " + now.size() + " " + now.fileKey();
        } catch (IOException e) {
            return "unreadable";
        }
    }
}
