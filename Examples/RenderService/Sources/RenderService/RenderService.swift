// SPDX-License-Identifier: Apache-2.0

import Archive
import AsyncHTTPClient
import Compose
import Foundation
import Hummingbird
import HummingbirdCore
import JobQueue
public import Logging
import NIOCore
import ObjectStorage
import ServiceLifecycle
import UnixSignals

/// The render service, which consists of an HTTP API, a queue of jobs, and workers.
///
/// A process runs both the API and workers, or workers only.
public struct RenderService: Sendable {
    /// The role of a process.
    public enum Role: Sendable {
        /// Serves the API and runs workers.
        case serve
        /// Runs workers only.
        case work
    }

    private let configuration: Configuration
    private let logger: Logger

    /// Creates a service that is not yet running.
    public init(_ configuration: Configuration, logger: Logger) {
        self.configuration = configuration
        self.logger = logger
        FFmpegLog.redirect(to: logger)
    }

    /// Runs the service until the process is told to stop or the task is cancelled.
    ///
    /// `started` is called with the port when requests are served. Throws if something in the configuration is not
    /// available.
    public func run(_ role: Role, started: @escaping @Sendable (_ port: Int) async -> Void = { _ in }) async throws {
        _ = PrometheusMetrics.shared
        try makeFolders()
        var settings = S3Store.clientConfiguration
        // Requests to the stores and to the remote renderer are retried by their callers.
        settings.connectionPool.retryConnectionEstablishment = false
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: settings)
        let result: Result<Void, any Error>
        do {
            try await run(role, client, started)
            result = .success(())
        } catch { result = .failure(error) }
        try? await client.shutdown()
        try result.get()
    }

    private func run(
        _ role: Role, _ client: HTTPClient, _ started: @escaping @Sendable (_ port: Int) async -> Void
    ) async throws {
        let queue = try await makeQueue()
        let credentials = makeCredentials(client)
        let store = try makeStore(client, credentials)
        let links = try makeStore(client, credentials, at: configuration.s3?.publicEndpoint)
        let archive = try ServiceArchive(configuration)
        if archive == nil { logger.notice("no records are kept: with REDIS_URL, they need DATABASE_URL") }
        let workplace = try makeWorkplace(queue, store, links, client, archive)
        let presenter = JobPresenter(links: links, secret: try linkSecret())
        var services: [ServiceGroupConfiguration.ServiceConfiguration] = []
        if role == .serve, let recorder = workplace.recorder { services.append(.init(service: recorder)) }
        if role == .serve {
            let application = try await application(workplace, presenter, started)
            services.append(.init(service: application))
        }
        if configuration.workers > 0 {
            services.append(
                .init(
                    service: Worker(workplace: workplace, handlers: handlers(workplace, presenter, client)),
                    successTerminationBehavior: .gracefullyShutdownGroup))
        }
        if let outside = try OutsideWorkers(configuration, queue, logger) { services.append(.init(service: outside)) }
        let group = ServiceGroup(
            configuration: .init(
                services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
        do {
            try await group.run()
            await queue.close()
            await archive?.database.close()
        } catch {
            await queue.close()
            await archive?.database.close()
            throw error
        }
    }

    private func application(
        _ workplace: Workplace, _ presenter: JobPresenter, _ started: @escaping @Sendable (Int) async -> Void
    ) async throws -> some ApplicationProtocol {
        let desk = RequestDesk(workplace: workplace)
        let access = try await Access(configuration.access, web: workplace.web)
        let limiter = RateLimiter(perMinute: configuration.limits.requestsPerMinute)
        let router = Router(context: ServiceContext.self)
        router.add(middleware: ErrorMiddleware(logger: logger))
        try InfoRoutes(workplace).add(to: router)
        InngestRoutes(workplace: workplace, desk: desk).add(to: router)
        let guarded = router.group()
            .add(middleware: AccessMiddleware(access: access, presenter: presenter, limiter: limiter))
        let jobs = JobRoutes(workplace: workplace, presenter: presenter, desk: desk)
        jobs.add(to: guarded)
        ResultRoutes(workplace: workplace, desk: desk).add(to: guarded)
        MediaRoutes(workplace: workplace).add(to: guarded)
        PlanRoutes(workplace: workplace, desk: desk).add(to: guarded)
        RecordRoutes(workplace: workplace).add(to: guarded)
        EditRoutes(workplace: workplace, desk: desk, jobs: jobs).add(to: guarded)
        CreditRoutes(workplace: workplace).add(to: guarded)
        OwnerRoutes(workplace: workplace).add(to: guarded)
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .notice)
        let hostname = configuration.hostname
        let sockets = JobSockets(
            access: access, presenter: presenter, feeds: JobFeeds(queue: workplace.queue, logger: logger),
            logger: logger)
        return Application(
            router: router, server: HTTPServerBuilder { SocketChannel(responder: $0, sockets: sockets) },
            configuration: .init(address: .hostname(hostname, port: configuration.port), serverName: "render-service"),
            onServerRunning: { [logger] channel in
                let port = channel.localAddress?.port ?? 0
                logger.info("serving", metadata: ["address": "http://\(hostname):\(port)"])
                await started(port)
            }, logger: quiet)
    }

    /// Returns the handlers of the kinds that this process runs.
    private func handlers(
        _ workplace: Workplace, _ presenter: JobPresenter, _ client: HTTPClient
    ) -> JobHandlers {
        let programs = configuration.kinds.all.filter { $0.submit != nil }.map { program in
            ProgramHandler(
                program: program,
                calls: ProgramCalls(
                    program: program, secret: program.secret ?? configuration.callbackSecret,
                    patienceSeconds: configuration.leaseSeconds * 4, client: client, logger: logger),
                queue: workplace.queue, rules: workplace.media.rules, store: workplace.store, links: presenter.links)
        }
        return JobHandlers(JobHandlers.own(workplace, presenter) + programs)
    }

    private func makeFolders() throws {
        for name in ["", "/work", "/downloads"] {
            let path = configuration.dataFolder + name
            do { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) } catch {
                throw ConfigurationError("DATA_DIR", "\(path) cannot be made: \(error.localizedDescription)")
            }
        }
    }

    private func makeQueue() async throws -> any JobQueue {
        if let url = configuration.redisURL {
            return try RedisJobQueue(
                url: url, authorities: configuration.redisAuthorities, leaseSeconds: configuration.leaseSeconds,
                exchange: ForeignRequests(configuration).exchange)
        }
        return try SQLiteJobQueue(
            path: configuration.dataFolder + "/jobs.sqlite", leaseSeconds: configuration.leaseSeconds)
    }

    /// Creates the store, with `address` as its endpoint if given.
    private func makeStore(
        _ client: HTTPClient, _ credentials: any S3CredentialsSource, at address: URL? = nil
    ) throws -> any ObjectStore {
        guard let s3 = configuration.s3 else { return try FolderStore(root: configuration.dataFolder + "/objects") }
        return try S3Store(
            endpoint: address ?? s3.endpoint, bucket: s3.bucket, region: s3.region,
            credentials: credentials, pathStyle: s3.isPathStyle, client: client)
    }

    /// Creates the source of the store's credentials, which all stores of the process share.
    private func makeCredentials(_ client: HTTPClient) -> any S3CredentialsSource {
        switch configuration.s3?.credentials {
        case .keys(let id, let secret, let token):
            FixedCredentials(S3Credentials(accessKey: id, secretKey: secret, sessionToken: token))
        case .container(let url, let token, let file):
            RoleCredentials(.container(url, token: token, tokenFile: file), client: client)
        case .instance(let url): RoleCredentials(.instance(url), client: client)
        case nil: FixedCredentials(S3Credentials(accessKey: "", secretKey: ""))
        }
    }

    private func makeWorkplace(
        _ queue: any JobQueue, _ store: any ObjectStore, _ links: any ObjectStore, _ client: HTTPClient,
        _ archive: ServiceArchive?
    ) throws -> Workplace {
        let access = configuration.access
        let web = WebClient(
            allowsPrivateAddresses: access.allowsPrivateAddresses, hosts: access.mediaHosts, logger: logger)
        let cache = try DownloadCache(
            folder: configuration.dataFolder + "/downloads", limit: configuration.downloadCacheBytes)
        let media = MediaFetcher(
            store: store, cache: cache, web: web, rules: MediaRules(configuration), limits: configuration.limits)
        let remote = try configuration.remote.map { try makeRemote($0, store, links, client) }
        return Workplace(
            configuration: configuration, queue: queue, store: store, media: media, web: web, remote: remote,
            archive: archive, recorder: archive.map { RecordWriter($0.records, logger: logger) },
            credits: Credits(configuration, archive, web: web), logger: logger,
            room: try WorkRoom(in: configuration.dataFolder + "/work"),
            gate: MemoryGate(limit: configuration.limits.memory))
    }

    private func makeRemote(
        _ remote: Configuration.Remote, _ store: any ObjectStore, _ links: any ObjectStore, _ client: HTTPClient
    ) throws -> any RemoteRendering {
        guard remote.isApp else {
            return RemoteRenderer(
                configuration: remote, limits: configuration.limits, breaker: CircuitBreaker(), client: client,
                logger: logger)
        }
        guard configuration.s3 != nil else {
            throw ConfigurationError(
                "MODAL_SUBMIT_URL", "needs S3_BUCKET or AWS_S3_BUCKET, since that renderer reads and writes the bucket")
        }
        return RendererApp(
            configuration: remote, limits: configuration.limits, store: store, links: links, breaker: CircuitBreaker(),
            client: client, logger: logger)
    }

    /// Returns the secret that signs links.
    ///
    /// It is stored in the data folder, so that links remain valid after a restart and for all processes that use the
    /// folder.
    private func linkSecret() throws -> String {
        let path = configuration.dataFolder + "/link-secret"
        func kept() -> String? {
            (try? String(contentsOfFile: path, encoding: .utf8)).flatMap { $0.count >= 32 ? $0 : nil }
        }
        if let secret = kept() { return secret }
        let secret = (0..<4).map { _ in String(UInt64.random(in: .min ... .max), radix: 36) }.joined(separator: "-")
        let own = "\(path).\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: own) }
        guard
            FileManager.default.createFile(
                atPath: own, contents: Data(secret.utf8), attributes: [.posixPermissions: 0o600])
        else { throw ConfigurationError("DATA_DIR", "\(own) cannot be written") }
        // If several processes start at the same time, all of them use the first one's secret.
        try? FileManager.default.linkItem(atPath: own, toPath: path)
        guard let secret = kept() else { throw ConfigurationError("DATA_DIR", "\(path) cannot be written") }
        return secret
    }
}
