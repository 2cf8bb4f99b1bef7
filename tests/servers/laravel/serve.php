<?php
// php -S 127.0.0.1:PORT serve.php, with the file of config/cors.php in CORSIM_CONFIGURATION: the
// HTTP kernel of Debian's Laravel with one middleware and three routes, configured here and not
// by files.
use Illuminate\Config\Repository;
use Illuminate\Contracts\Debug\ExceptionHandler;
use Illuminate\Foundation\Application;
use Illuminate\Foundation\Http\Kernel;
use Illuminate\Http\JsonResponse;
use Illuminate\Http\Request;

// Debian's packages load by functions that newer PHP calls deprecated.
error_reporting(E_ALL & ~E_DEPRECATED);
require_once 'Illuminate/autoload.php';
require_once __DIR__ . '/HandleCors.php';

class ApiKernel extends Kernel
{
    protected $bootstrappers = [];
    protected $middleware = [HandleCors::class];
}

class ApiErrors implements ExceptionHandler
{
    public function report(Throwable $error)
    {
    }

    public function shouldReport(Throwable $error)
    {
        return false;
    }

    public function render($request, Throwable $error)
    {
        $status = method_exists($error, 'getStatusCode') ? $error->getStatusCode() : 500;
        return new JsonResponse(['error' => get_class($error)], $status);
    }

    public function renderForConsole($output, Throwable $error)
    {
    }
}

$app = new Application(getcwd());
$app->instance('config', new Repository(['cors' => require getenv('CORSIM_CONFIGURATION')]));
$app->singleton(ExceptionHandler::class, ApiErrors::class);
$router = $app['router'];
$router->get('/me', fn () => ['user' => 'me']);
$router->put('/me', fn () => ['saved' => true]);
$router->get('/error', fn () => throw new RuntimeException('no database'));

$kernel = $app->make(ApiKernel::class);
$request = Request::capture();
$response = $kernel->handle($request)->send();
$kernel->terminate($request, $response);
