import { Request, Response, NextFunction } from 'express';

const ALLOWED: string[] = ['https://app.example.com', 'https://admin.example.com'];
const SUFFIXES = ['.example.com', '.example.org'] as const;
const pattern: RegExp = new RegExp("^https://([a-z]+\\.)?example\\.com", "i");

interface Options { origin: string; }

export function bySuffix(req: Request, res: Response, next: NextFunction) {
  const origin = req.headers.origin ?? '';
  if (origin.startsWith('https://') && origin.endsWith('.example.com')) {
    res.setHeader('Access-Control-Allow-Origin', origin);
    res.setHeader('Access-Control-Allow-Credentials', 'true');
  }
  next();
}

export function byLists(req: Request, res: Response, next: NextFunction) {
  const caller = req.get('Origin');
  if (ALLOWED.indexOf(caller) !== -1 || SUFFIXES.some((suffix) => caller.endsWith(suffix))) {
    res.header('Access-Control-Allow-Origin', caller);
  }
  next();
}

export function byPattern(origin: string): boolean {
  return pattern.test(origin) || origin.indexOf('https://old.example.com') === 0 ||
    origin.includes('example.net') || origin === "https://exact.example.com";
}

export function byHost(origin: string): boolean {
  const url = new URL(origin);
  return url.hostname.endsWith('.example.com');
}

export function reflects(req: Request, res: Response) {
  res.setHeader('Access-Control-Allow-Origin', req.headers.origin || '*');
}

export function asksElsewhere(req: Request, res: Response) {
  const origin = req.headers.origin;
  if (isKnownTenant(origin)) {
    res.setHeader('Access-Control-Allow-Origin', origin);
  }
}

export function open(req: Request, res: Response) {
  res.writeHead(200, { 'Access-Control-Allow-Origin': '*' });
}
