package framebuffer.orchestrator.observability.telemetry;

import java.io.IOException;
import java.io.OutputStream;

/** The metrics as text, in the format that an Accept header asks for. */
public interface MetricsText {
    /** The format that {@link #write} will use. */
    String contentType(String accept);

    void write(OutputStream out, String accept) throws IOException;
}
