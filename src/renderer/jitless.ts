import { z } from 'zod';

// The page's policy forbids `new Function`, which zod tries for speed. Imported before any schema is parsed.
z.config({ jitless: true });
