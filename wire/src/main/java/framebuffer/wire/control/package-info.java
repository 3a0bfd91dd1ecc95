/** Cluster-wide settings and publications, and the registrations and heartbeats of processors. */
@NullMarked
package framebuffer.wire.control;

import org.jspecify.annotations.NullMarked;
